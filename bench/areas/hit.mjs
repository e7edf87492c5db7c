// A call whose result is there already: in this process's memory, in SQLite, in files.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fsStore } from '@riposte/backend-fs'
import { sqliteStore } from '@riposte/backend-sqlite'
import { createCache, memoryStore } from '@riposte/core'
import { memoize, memoizeSync } from '@riposte/memo'
import Keyv from 'keyv'
import pMemoize from 'p-memoize'
import { keyvSqlite, rawFiles, rawSqlite } from '../engines.mjs'
import { fields, page } from '../inputs.mjs'

export const packages = ['p-memoize', 'keyv', '@keyv/sqlite', 'better-sqlite3']

/** So many different calls take turns: one alone would be answered from the nearest cache line. */
const calls = 256

const number = {
  title: 'a number, for a number',
  args: Array.from({ length: calls }, (_, i) => [i]),
  result: ([id]) => id * 2,
}
const kinds = [
  {
    title: 'two primitives, for text',
    args: Array.from({ length: calls }, (_, i) => [i, 'abc']),
    result: ([id]) => `value ${id}`,
  },
  { title: 'two primitives', args: Array.from({ length: calls }, (_, i) => [i, 'abc']), result: ([id]) => fields(id) },
  {
    title: 'an object of 10 fields',
    args: Array.from({ length: calls }, (_, i) => [fields(i)]),
    result: ([{ id }]) => fields(id),
  },
]
const pages = {
  title: 'a number, for 10 KB of text',
  args: Array.from({ length: calls }, (_, i) => [i]),
  result: ([id]) => page(id),
}

export async function* cases() {
  for (const kind of [number, ...kinds]) yield memoryHits(kind)
  const folder = mkdtempSync(join(tmpdir(), 'riposte-bench-'))
  try {
    for (const kind of [...kinds.slice(1), pages]) yield* storeHits(kind, mkdtempSync(join(folder, 'hit-')))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A memoized function whose calls are all recorded; what is timed must not run the body. */
async function recorded(memoized, { args }, filled) {
  for (const each of args) await memoized(...each)
  filled()
  return i => memoized(...args[i % calls])
}

function body({ result }) {
  let full = false
  const run = (...args) => {
    if (full) throw new Error('a hit was expected, and the function ran')
    return result(args)
  }
  return { run, filled: () => (full = true) }
}

/** Computes what is not there yet, and looks in memory ever after. */
function peekable(memoized) {
  return (...args) => memoized.peek(...args) ?? memoized(...args)
}

async function memoryHits(kind) {
  const { args, title } = kind
  const make = async wrap => {
    const { run, filled } = body(kind)
    return recorded(wrap(run), kind, filled)
  }
  const cache = createCache(memoryStore(), { hotFor: 3_600_000 })
  const keyv = new Keyv()
  const map = new Map()
  for (const each of args) {
    await keyv.set(JSON.stringify(each), kind.result(each))
    map.set(JSON.stringify(each), kind.result(each))
  }
  return {
    title: `memory hit by ${title}`,
    contenders: [
      { name: 'riposte: memoize', later: true, run: await make(run => memoize(run, { cache, name: 'hit' })) },
      {
        name: 'riposte: memoize, frozen results',
        later: true,
        run: await make(run => memoize(run, { cache, name: 'frozen', results: 'frozen' })),
      },
      { name: 'riposte: memoizeSync', run: await make(run => memoizeSync(run, { cache, name: 'sync' })) },
      { name: 'riposte: peek', run: await make(run => peekable(memoizeSync(run, { cache, name: 'peek' }))) },
      {
        name: 'p-memoize, JSON key',
        later: true,
        run: await make(run => pMemoize(async (...given) => run(...given), { cacheKey: JSON.stringify })),
      },
      { name: 'keyv, JSON key', later: true, run: i => keyv.get(JSON.stringify(args[i % calls])) },
      { name: 'floor: Map.get(JSON.stringify(args))', run: i => map.get(JSON.stringify(args[i % calls])) },
    ],
  }
}

async function* storeHits(kind, folder) {
  const { args, title, result } = kind
  const open = []
  const make = async (store, wrap) => {
    const cache = createCache(store, { hot: false })
    open.push(() => cache.close())
    const { run, filled } = body(kind)
    return recorded(wrap(run, cache), kind, filled)
  }
  const keyv = await keyvSqlite(folder)
  const sqlite = rawSqlite(folder)
  const files = rawFiles(folder)
  open.push(
    () => keyv.disconnect(),
    () => sqlite.close(),
  )
  for (const each of args) {
    await keyv.set(JSON.stringify(each), result(each))
    sqlite.set(each, result(each))
    files.set(each, result(each))
  }
  const wrap = (run, cache) => memoize(run, { cache, name: 'hit' })
  const wrapSync = (run, cache) => memoizeSync(run, { cache, name: 'hit' })
  try {
    yield {
      title: `SQLite hit by ${title}`,
      contenders: [
        { name: 'riposte: memoize', later: true, run: await make(sqliteStore(join(folder, 'riposte.db')), wrap) },
        { name: 'riposte: memoizeSync', run: await make(sqliteStore(join(folder, 'sync.db')), wrapSync) },
        { name: 'keyv with @keyv/sqlite', later: true, run: i => keyv.get(JSON.stringify(args[i % calls])) },
        { name: 'floor: SHA-256, joined select, JSON.parse', run: i => sqlite.get(args[i % calls]) },
      ],
    }
    yield {
      title: `file hit by ${title}`,
      contenders: [
        { name: 'riposte: memoize', later: true, run: await make(fsStore(join(folder, 'files')), wrap) },
        { name: 'riposte: memoizeSync', run: await make(fsStore(join(folder, 'sync'), { sync: true }), wrapSync) },
        { name: 'floor: SHA-256, await readFile, JSON.parse', later: true, run: i => files.get(args[i % calls]) },
        { name: 'floor: SHA-256, readFileSync, JSON.parse', run: i => files.getSync(args[i % calls]) },
      ],
    }
  } finally {
    for (const close of open) await close()
  }
}
