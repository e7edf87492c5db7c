import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { type Digest, thisHolder } from '@riposte/core'
import Database from 'better-sqlite3'
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { testLeasesOfProcesses } from '../../testkit/test/lease-processes.ts'
import { sqliteStore } from '../src/index.ts'
import { bundle, nodePath } from './bundle.ts'
import { temporaryFolder } from './temporary.ts'

const folder = temporaryFolder()
let program = ''

beforeAll(async () => {
  program = await bundle(new URL('./programs/leases.ts', import.meta.url), folder)
})

describe('processes', () => {
  testLeasesOfProcesses({
    program: () => program,
    folder: () => mkdtemp(join(folder, 'store-')),
    open: place => sqliteStore(join(place, 'store.db')),
    env: { NODE_PATH: nodePath },
  })
})

describe('in one process', () => {
  afterEach(() => {
    vi.useRealTimers()
  })

  const HERE = { ttlMs: 1000, holder: thisHolder() }
  const ELSEWHERE = { ttlMs: 1000, holder: { ...thisHolder(), host: 'elsewhere' } }

  test('leases of a database in memory are not shared, those of a file are', () => {
    const stores = [':memory:', join(folder, 'shared.db')].map(target => sqliteStore(target))
    expect(stores.map(({ leases }) => leases.shared)).toEqual([false, true])
    for (const store of stores) store.close()
  })

  test('failed and lost leases are forgotten after a while, living ones are not', () => {
    vi.useFakeTimers({ toFake: ['Date', 'performance'] })
    const database = new Database(':memory:')
    const { leases, close } = sqliteStore(database)
    leases.release(leases.take('failed', HERE).held!, 'failed')
    leases.take('lost', ELSEWHERE)
    leases.take('living', HERE)
    vi.advanceTimersByTime(59_000)
    leases.take('another', HERE)
    const count = () => database.prepare('SELECT count(*) AS n FROM leases_v3').get()
    expect(count()).toEqual({ n: 4 })
    vi.advanceTimersByTime(3000)
    leases.take('yet another', HERE)
    expect(count()).toEqual({ n: 3 })
    expect(leases.look('failed')).toEqual({ state: 'free' })
    expect(leases.look('living')).toMatchObject({ state: 'held' })
    close()
    database.close()
  })

  test('a lease of a main thread is written as it was before leases told of threads', () => {
    const database = new Database(':memory:')
    const { leases, close } = sqliteStore(database)
    const holder = { host: 'elsewhere', pid: 7, started: '9-a', thread: '' }
    leases.take('a', { ttlMs: 60_000, holder })
    expect(database.prepare('SELECT host, pid, started FROM leases_v3').get()).toEqual({
      host: 'elsewhere',
      pid: 7,
      started: '9-a',
    })
    expect(leases.look('a')).toMatchObject({ state: 'held', lease: { holder } })
    leases.take('b', { ttlMs: 60_000, holder: { ...holder, thread: '3-4' } })
    expect(database.prepare("SELECT started FROM leases_v3 WHERE started LIKE '%:%'").all()).toEqual([
      { started: '9-a:3-4' },
    ])
    close()
    database.close()
  })

  test('taking a free key and releasing it are a write each, and so is trying to take a held one, with a read', () => {
    const database = new Database(':memory:')
    const statements: string[] = []
    const store = sqliteStore({
      exec: text => {
        statements.push(text)
        return database.exec(text)
      },
      prepare: text => {
        const statement = database.prepare(text)
        const noted =
          <A extends unknown[], R>(run: (...values: A) => R) =>
          (...values: A) => {
            statements.push(text)
            return run(...values)
          }
        return {
          run: noted((...values) => statement.run(...values)),
          get: noted((...values) => statement.get(...values)),
          all: noted((...values) => statement.all(...values)),
        }
      },
      close: () => database.close(),
    })
    store.leases.take('first', HERE)
    statements.length = 0
    const { held } = store.leases.take('a', HERE)
    expect(statements.map(text => text.split(' ', 1)[0])).toEqual(['INSERT'])
    store.leases.release(held!, 'done')
    expect(statements.map(text => text.split(' ', 1)[0])).toEqual(['INSERT', 'DELETE'])
    statements.length = 0
    store.leases.take('first', HERE)
    expect(statements.map(text => text.split(' ', 1)[0])).toEqual(['INSERT', 'SELECT'])
    store.close()
    database.close()
  })

  test('a commit ends the leases that it names, if they are still held, and all or nothing of it happens', () => {
    const database = new Database(':memory:')
    const store = sqliteStore(database)
    const { leases } = store
    const [done, failed, other] = ['done', 'failed', 'other'].map(key => leases.take(key, HERE).held!)
    leases.release(failed!, 'failed')
    const foreign = { ...other!, token: '0000000000000000' }
    const entry = { key: 'a'.repeat(64) as Digest, bytes: new Uint8Array(80) }
    const batch = { values: [entry], calls: [], mode: 'absent' as const, releases: [done!, failed!, foreign] }
    database.exec("CREATE TRIGGER refuse BEFORE DELETE ON leases_v3 BEGIN SELECT RAISE(ABORT, 'no'); END")
    expect(() => store.commit(batch)).toThrow('no')
    expect([leases.look('done').state, store.values.has([entry.key])]).toEqual(['held', [false]])
    database.exec('DROP TRIGGER refuse')
    expect(store.commit(batch)).toEqual({ values: [undefined], calls: [], released: true })
    expect(['done', 'failed', 'other'].map(key => leases.look(key).state)).toEqual(['free', 'failed', 'held'])
    expect(leases.release(done!, 'done')).toBe(false)
    store.close()
    database.close()
  })
})
