/** What the tests of processes let other processes do: `node main.js <task> <root> …`. */
import { randomBytes } from 'node:crypto'
import { mkdirSync, rmdirSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { type Digest, isRiposteError, type PutMode } from '@riposte/core'
import { fsStore } from '../../src/index.ts'
import { hashed, isWhole, keyFrom, listed } from '../samples.ts'

type Task = (root: string, argument: string) => Promise<unknown>

const TASKS = {
  putOneKey,
  putUntilKilled,
  deleteOld,
  putAndLook,
  count,
  takeTurns,
  useReadOnly,
  putLarge,
} satisfies Readonly<Record<string, Task>>

export type TaskName = keyof typeof TASKS

/** Puts one key many times, and reads it each time. */
async function putOneKey(root: string, mode: string): Promise<string> {
  const { values } = fsStore(root, { sync: process.pid % 2 === 0 })
  for (let i = 0; i < 200; i++) {
    // The test gives one of the modes.
    await values.put([{ key: keyFrom('aa'), bytes: new Uint8Array(1000).fill(process.pid) }], mode as PutMode)
    const [bytes] = await values.get([keyFrom('aa')])
    if (bytes?.length !== 1000 || bytes.some(byte => byte !== bytes[0])) return `torn: ${bytes?.length}`
  }
  return 'done'
}

/** Puts entries for ever and tells of each that is acknowledged, at once. */
async function putUntilKilled(root: string): Promise<never> {
  const { values } = fsStore(root, { sync: process.pid % 2 === 0 })
  for (;;) {
    const entries = Array.from({ length: 8 }, () => hashed(randomBytes(Math.floor(Math.random() * 100_000))))
    await values.put(entries, 'keep')
    writeSync(1, `${entries.map(({ key }) => key).join('\n')}\n`)
  }
}

/** So short, and for so few keys, that entries are often removed in the moment in which they are put again. */
const GRACE = 4
const KEYS: readonly Digest[] = Array.from({ length: 40 }, (_, i) => keyFrom(`aabb${i.toString(16).padStart(2, '0')}`))

/** Sweeps: removes again and again what was not put for a while, as long as it still has the age it was listed with. */
async function deleteOld(root: string, milliseconds: string): Promise<{ removed: number }> {
  const { values } = fsStore(root, { sync: true })
  const end = Date.now() + Number(milliseconds)
  let removed = 0
  while (Date.now() < end) {
    const now = values.now()
    const old = [...values.list()].filter(({ touched }) => touched < now - GRACE)
    removed += values.delete(old)
  }
  return { removed }
}

/** Puts and touches at about the age at which entries are removed, and looks whether they are there. */
async function putAndLook(root: string, milliseconds: string): Promise<{ puts: number; lost: number }> {
  const { values } = fsStore(root, { sync: true })
  const end = Date.now() + Number(milliseconds)
  const tally = { puts: 0, lost: 0 }
  while (Date.now() < end) {
    const key = KEYS[Math.floor(Math.random() * KEYS.length)]
    if (key === undefined) continue
    const before = performance.now()
    if (tally.puts % 2 === 0 || !values.touch([key])[0]) values.put([{ key, bytes: bytesOf(key) }], 'keep')
    const [bytes] = values.get([key])
    const [there] = values.has([key])
    // Only if all this took less than the grace period must it have been there.
    if (performance.now() - before < GRACE / 2 && (bytes === undefined || !there)) tally.lost++
    tally.puts++
  }
  return tally
}

function bytesOf(key: Digest): Uint8Array {
  return new TextEncoder().encode(`the bytes of ${key}`)
}

/** Adds one to a named number, many times. */
async function count(root: string, times: string): Promise<string> {
  const refs = fsStore(root).refs
  for (let left = Number(times); left > 0; ) {
    const value = await refs?.read('count')
    const next = (value === undefined ? 1n : BigInt(`0x${value}`) + 1n).toString(16).padStart(64, '0')
    if (await refs?.swap('count', value, next)) left--
  }
  return 'done'
}

/** Takes a name that nobody holds, many times, and looks that it is alone while it holds it. */
async function takeTurns(root: string, times: string): Promise<string> {
  const refs = fsStore(root, { sync: process.pid % 2 === 0 }).refs
  const mine = keyFrom(process.pid.toString(16).padStart(8, '0'))
  for (let left = Number(times); left > 0; ) {
    if (!(await refs?.swap('turn', undefined, mine))) continue
    // Fails if somebody else is in there.
    mkdirSync(join(root, '..', 'inside'))
    rmdirSync(join(root, '..', 'inside'))
    if (!(await refs?.swap('turn', mine, undefined))) return 'somebody else took what was held'
    left--
  }
  return 'done'
}

/** What each operation gives on a store that this process may only read. */
async function useReadOnly(root: string): Promise<Record<string, unknown>> {
  const results: Record<string, unknown> = {}
  for (const sync of [false, true]) {
    const store = fsStore(root, { sync })
    const key = keyFrom('aa')
    const entry = { key: keyFrom('ab'), bytes: new Uint8Array(1) }
    const uses: Readonly<Record<string, () => unknown>> = {
      get: async () => (await store.values.get([key, entry.key])).map(bytes => bytes?.length),
      has: () => store.values.has([key, entry.key]),
      list: async () => (await listed(store.values.list())).map(info => info.key),
      read: () => store.refs?.read('name'),
      now: async () => typeof (await store.values.now()),
      put: () => store.values.put([entry], 'keep'),
      keep: async () => (await store.values.put([{ ...entry, key }], 'keep'))[0]?.length,
      absent: () => store.calls.put([entry], 'absent'),
      touch: () => store.values.touch([key]),
      delete: () => store.values.delete([{ key }]),
      swap: () => store.refs?.swap('other', undefined, key),
    }
    for (const [name, use] of Object.entries(uses)) {
      try {
        results[`${name}${sync ? ', now' : ''}`] = await use()
      } catch (error) {
        if (!isRiposteError(error)) throw error
        results[`${name}${sync ? ', now' : ''}`] = [error.code, (error.cause as NodeJS.ErrnoException).code] // always kept
      }
    }
  }
  return results
}

/** Puts a small entry and one too large for the limit this process runs under. */
async function putLarge(root: string, sync: string): Promise<unknown> {
  const { values } = fsStore(root, { sync: sync === 'sync' })
  const [small, large] = [hashed(randomBytes(100)), hashed(randomBytes(1_000_000))]
  await values.put([small], 'keep')
  try {
    await values.put([hashed(randomBytes(200)), large], 'keep')
  } catch (error) {
    if (!isRiposteError(error)) throw error
    const [bytes] = await values.get([small.key])
    const { code } = error.cause as NodeJS.ErrnoException // always kept
    return { code: error.code, cause: code, large: await values.has([large.key]), whole: isWhole(small.key, bytes) }
  }
  return 'written'
}

const [, , name = '', root = '', argument = ''] = process.argv
const task: Task | undefined = new Map<string, Task>(Object.entries(TASKS)).get(name)
const result = await task?.(root, argument)
writeSync(1, JSON.stringify(result))
