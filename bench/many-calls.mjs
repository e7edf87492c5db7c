// Stores with many calls and values, written in large transactions: what is measured is what comes after.
import { hash } from 'node:crypto'
import { sqliteStore } from '@riposte/backend-sqlite'
import { createCache, memoryStore } from '@riposte/core'
import { memoizeSync } from '@riposte/memo'
import Database from 'better-sqlite3'

const users = 1000

/** Calls, or values, in one transaction. */
const batch = 10_000

/** Where the seal stands in an entry, as spec/ says: SHA-256 of the entry with its key in the place of the seal. */
const seal = 8

/** Records calls of `f(user, n)`: of a thousand users, each with a result of its own, with durations and starting times as they come. */
export function fillWithCalls(store, count) {
  const samples = sampleCalls()
  for (let from = 0; from < count; from += batch) {
    const calls = Array.from({ length: Math.min(batch, count - from) }, (_, i) => callLike(samples, from + i))
    // In the order of their keys, those of one page are written together.
    calls.sort((a, b) => (a.key < b.key ? -1 : 1))
    store.commit({ values: [], calls, mode: 'absent' })
  }
}

/** A file of so many calls, made as fast as the engine can: it need not survive a crash. */
export function sqliteFileOfCalls(file, count) {
  const database = new Database(file)
  const store = sqliteStore(database)
  // Sets the database up, and would undo what follows.
  store.calls.has([digest('none')])
  database.pragma('synchronous = OFF')
  database.pragma('cache_size = -524288')
  fillWithCalls(store, count)
  store.close()
  database.close()
}

/** A call of each user, recorded as any is: what is stored of it, and what it is found by. */
function sampleCalls() {
  const inner = memoryStore()
  const samples = []
  const store = {
    ...inner,
    commit(written) {
      samples.push(...written.calls)
      return inner.commit(written)
    },
  }
  const cache = createCache(store, { hot: false })
  const f = memoizeSync((user, n) => ({ user, days: n % 7, cost: { tokens: n } }), {
    cache,
    name: 'f',
    params: ['user', 'n'],
    tags: { project: 'bench' },
    metadata: ({ args: [, n] }) => ({ run: { step: { place: n } } }),
  })
  for (let n = 0; n < users; n++) f(`user ${n}`, n)
  return samples
}

const begin = Date.now()

/** The `n`th call, after the sample of its user: a record under a key of its own, found by an argument and times of its own. */
function callLike(samples, n) {
  const { bytes: like, terms } = samples[n % users]
  const key = digest(`call ${n}`)
  const bytes = new Uint8Array(like)
  bytes.set(Buffer.from(key, 'hex'), seal)
  bytes.set(Buffer.from(hash('sha256', bytes), 'hex'), seal)
  const [user, other] = terms.args
  const times = { '/runtime/startedAt': begin + n, '/runtime/durationMs': ((n * 7919) % 10_007) / 1000 }
  const metadata = terms.metadata.map(({ path, value }) => ({ path, value: times[path] ?? value }))
  return { key, bytes, terms: { ...terms, args: [user, { ...other, digest: digest(`argument ${n}`) }], metadata } }
}

function digest(text) {
  return hash('sha256', text)
}

/** Stores values, each in an entry of its own; of every ten one is needed by a call. */
export async function fillWithValues(inner, count) {
  const cache = createCache(inner, { inlineBelow: 10 })
  const text = n => `value number ${n}, ${'x'.repeat(100)}`
  for (let from = 0; from < count; from += batch) {
    const some = Array.from({ length: Math.min(batch, count - from) }, (_, i) => text(from + i))
    await cache.values.saveAll(some)
    await cache.values.save(
      some.filter((_, i) => i % 10 === 0),
      { pin: `kept ${from}` },
    )
  }
}
