// A recorded call through each wrapper, beside the store without it; and where in the tiers it is found.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sqliteStore } from '@riposte/backend-sqlite'
import {
  compressed,
  createCache,
  intercept,
  limited,
  memoryStore,
  readOnly,
  signed,
  tiered,
  tracing,
  voidStore,
} from '@riposte/core'
import { memoizeSync } from '@riposte/memo'
import { fields, page } from '../inputs.mjs'

export const packages = ['better-sqlite3']

/** So many different calls take turns: one alone would be answered from the nearest cache line. */
const calls = 256
const numbers = Array.from({ length: calls }, (_, i) => i)

const kinds = [
  // One read: the result is in the record.
  { title: 'an object of 10 fields', result: fields },
  // Two reads, and enough to pack.
  { title: '10 KB of text', result: page },
]

const keys = ['1f'.repeat(32)]
const wrappers = [
  ['bare', store => store],
  ['intercept, passing on', store => intercept(store, (_operation, next) => next())],
  ['tracing, nobody listening', store => tracing(store)],
  ['readOnly', store => readOnly(store), { filledBelow: true }],
  ['limited', store => limited(store, { items: 1_000_000 })],
  ['signed', store => signed(store, { keys })],
  ['compressed', store => compressed(store)],
  ['compressed(signed)', store => compressed(signed(store, { keys }))],
]

export async function* cases() {
  const folder = mkdtempSync(join(tmpdir(), 'riposte-bench-'))
  try {
    for (const kind of kinds) {
      yield* wrapped(kind, 'memory', () => memoryStore())
      const files = mkdtempSync(join(folder, 'wrappers-'))
      yield* wrapped(kind, 'SQLite', name => sqliteStore(join(files, `${name}.db`)))
      yield* tiers(kind, mkdtempSync(join(folder, 'tiers-')))
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function* wrapped({ title, result }, engine, open) {
  const stores = []
  try {
    const contenders = wrappers.map(([name, wrap, { filledBelow = false } = {}], i) => {
      const inner = open(`store-${i}`)
      stores.push(inner)
      if (filledBelow) fill(inner, result)
      const store = wrap(inner)
      if (!filledBelow) fill(store, result)
      return { name, run: hits(store) }
    })
    yield { title: `hit in ${engine}, ${title}`, contenders }
  } finally {
    for (const store of stores) store.close()
  }
}

async function* tiers({ title, result }, folder) {
  const last = sqliteStore(join(folder, 'last.db'))
  try {
    fill(last, result)
    const near = tiered([memoryStore(), last])
    const memory = memoryStore()
    fill(memory, result)
    // The first round brings all into the fast tier.
    const nearHits = hits(near)
    for (const i of numbers) nearHits(i)
    yield {
      title: `hit in tiers, ${title}`,
      contenders: [
        { name: 'memory alone', run: hits(memory) },
        { name: 'memory over SQLite: in the fast tier', run: nearHits },
        { name: 'SQLite alone', run: hits(last) },
        // Nothing stays in the fast tier, so that every hit is copied into it.
        { name: 'void over SQLite: in the slow tier, copied', run: hits(tiered([voidStore(), last])) },
      ],
    }
  } finally {
    last.close()
  }
}

const cacheOver = store => createCache(store, { hot: false })
// What is timed has another body, which is not to run.
const options = store => ({ cache: cacheOver(store), name: 'hit', params: ['n'], code: 'ignore' })

function fill(store, result) {
  const memoized = memoizeSync(n => result(n), options(store))
  for (const i of numbers) memoized(i)
}

/** Calls that are all recorded; what is timed must not run the body. */
function hits(store) {
  const refuse = () => {
    throw new Error('a hit was expected, and the function ran')
  }
  const memoized = memoizeSync(refuse, options(store))
  return i => memoized(i % calls)
}
