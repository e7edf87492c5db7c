import { createHash } from 'node:crypto'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { createCache } from '@riposte/core'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { sqliteStore } from '../src/index.ts'
import { temporaryFolder } from './temporary.ts'

const folder = temporaryFolder()

test('what a sweep frees is used again, and VACUUM by another program makes the file smaller', async () => {
  const file = join(folder, 'store.db')
  const text = (name: string): string[] => Array.from({ length: 200 }, (_, i) => `${name} ${i} `.padEnd(6000, '.'))
  const fill = async (name: string): Promise<void> => {
    await using cache = createCache(sqliteStore(file))
    await cache.values.saveAll(text(name))
  }
  const sweep = async (): Promise<void> => {
    await using cache = createCache(sqliteStore(file))
    expect((await cache.gc({ grace: 0 })).removed).toBe(200)
  }
  await fill('first')
  const { size } = statSync(file)
  await sweep()
  expect(statSync(file).size).toBe(size)
  await fill('second')
  expect(statSync(file).size).toBeLessThan(size * 1.1)
  await sweep()
  await keepOne(file)

  const database = new Database(file)
  database.exec('VACUUM')
  database.close()
  expect(statSync(file).size).toBeLessThan(size / 5)
  await using cache = createCache(sqliteStore(file))
  expect(await cache.values.load(await cache.values.save('third'))).toBe('third')
  expect(await cache.fsck()).toMatchObject({ sound: true, orphans: { entries: 2 } })
})

/** One value that stays. */
async function keepOne(file: string): Promise<void> {
  await using cache = createCache(sqliteStore(file))
  await cache.values.save('kept')
}

const HOLDER = { ttlMs: 60_000, holder: { host: 'elsewhere', pid: 7, started: '9-a', thread: '' } }

/** A store in which ids have gaps: of its calls and values every third was evicted, and some bytes are noted to go. */
async function fillWithGaps(file: string): Promise<void> {
  const store = sqliteStore(file)
  await using cache = createCache(store)
  for (let n = 0; n < 700; n += 1) {
    const identity = { namespace: 'lab', name: `f${n % 2}`, version: n % 3, conditions: [] }
    const call = cache.calls.prepare(identity, { values: [n, { half: n % 50 }], names: ['n', 'options'] })
    const result = { remainder: n % 7, text: `${n} `.padEnd(n % 10 === 0 ? 20_000 : 20, '.') }
    await cache.calls.commit(call, result, { metadata: { score: { loss: n / 7 } } })
  }
  const evicted = await cache.calls.query({ args: { options: { half: 3 } } }).evict()
  expect(evicted).toBe(14)
  await cache.values.saveAll(Array.from({ length: 600 }, (_, i) => `value ${i}`))
  await cache.values.save('pinned', { pin: 'kept' })
  const orphans = Array.from(store.values.list(), ({ key }) => ({ key })).filter((_, i) => i % 3 === 0)
  // Its bytes stay until somebody tidies up.
  store.values.deleteMany?.(orphans.slice(0, 100))
  store.leases.take('held', HOLDER)
  store.leases.release(store.leases.take('failed', HOLDER).held!, 'failed')
}

const hashed = (bytes: Uint8Array | undefined): string | undefined =>
  bytes && createHash('sha256').update(bytes).digest('hex')

async function answersOf(file: string): Promise<unknown> {
  const store = sqliteStore(file)
  await using cache = createCache(store, { onWarning: () => {} })
  const keys = Array.from(store.values.list(), ({ key }) => key)
  const calls = Array.from(store.calls.list(), ({ key }) => key)
  const found = async (template: Parameters<typeof cache.calls.query>[0]): Promise<readonly string[]> =>
    (await cache.calls.query(template).toArray()).map(({ digest }) => digest)
  return {
    values: [...store.values.list()].map(info => ({ ...info })),
    bytes: store.values.get(keys).map(hashed),
    calls: [...store.calls.list()].map(info => ({ ...info })),
    records: store.calls.get(calls).map(hashed),
    byArgument: await found({ args: { n: 12 } }),
    byPart: await found({ args: { options: { half: 7 } } }),
    byResultPart: await Promise.all([0, 3, 6].map(remainder => found({ result: { remainder } }))),
    byMetadata: await found({ metadata: { score: { loss: { gt: 40 } } } }),
    ordered: (await cache.calls.query({ name: 'f1' }).orderBy('/score/loss', 'desc').toArray()).map(
      call => call.digest,
    ),
    totals: [store.values.summarize(), store.calls.summarize(), [...store.calls.summarizeFunctions()]],
    pinned: [...store.refs.list()],
    leases: [store.leases.look('held'), store.leases.look('failed'), store.leases.look('none')],
    evictions: store.calls.evictions(keys.slice(0, 3)),
  }
}

test('a store answers the same after VACUUM', async () => {
  const file = join(folder, 'same.db')
  await fillWithGaps(file)
  const before = await answersOf(file)
  const database = new Database(file)
  const tables = () =>
    database
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")
      .pluck()
      .all()
      .map(name => [name, database.prepare(`SELECT * FROM "${name}"`).all()])
  const rows = tables()
  database.exec('VACUUM')
  // The runner would compare byte by byte, for many seconds.
  expect(isDeepStrictEqual(tables(), rows)).toBe(true)
  database.close()
  expect(await answersOf(file)).toEqual(before)

  const again = new Database(file)
  const unheld = again.prepare('SELECT count(*) FROM value_bytes_v3 WHERE id NOT IN (SELECT id FROM values_v3)').pluck()
  expect(unheld.get()).toBeGreaterThan(50)
  const store = sqliteStore(file)
  for (const _ of store.values.tidy());
  store.close()
  expect(unheld.get()).toBe(0)
  again.close()
  expect(await answersOf(file)).toEqual(before)
})

test('VACUUM may number rows anew only where nothing refers to them: of the notes of what is to go', async () => {
  const file = join(folder, 'numbered.db')
  await keepOne(file)
  const database = new Database(file)
  const numbered = database
    .prepare(
      `SELECT name FROM pragma_table_list t WHERE schema = 'main' AND type = 'table' AND NOT wr AND name NOT LIKE 'sqlite_%'
        AND NOT EXISTS (SELECT 1 FROM pragma_table_info(t.name) c WHERE c.pk = 1 AND c.type = 'INTEGER') ORDER BY name`,
    )
    .pluck()
    .all()
  expect(numbered).toEqual(['removed_calls_v3', 'removed_values_v3'])
  database.close()
})
