import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { thisHolder } from '@riposte/core'
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

  test('failed and lost leases are forgotten after a while, living ones are not', () => {
    vi.useFakeTimers({ toFake: ['Date', 'performance'] })
    const database = new Database(':memory:')
    const { leases, close } = sqliteStore(database)
    leases.release(leases.take('failed', HERE).held!, 'failed')
    leases.take('lost', ELSEWHERE)
    leases.take('living', HERE)
    vi.advanceTimersByTime(59_000)
    leases.take('another', HERE)
    const count = () => database.prepare('SELECT count(*) AS n FROM leases_v2').get()
    expect(count()).toEqual({ n: 4 })
    vi.advanceTimersByTime(3000)
    leases.take('yet another', HERE)
    expect(count()).toEqual({ n: 3 })
    expect(leases.look('failed')).toEqual({ state: 'free' })
    expect(leases.look('living')).toMatchObject({ state: 'held' })
    close()
    database.close()
  })

  test('taking a free key and releasing it are a read and a write each, and a look at a held one is a read', () => {
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
    expect(statements.map(text => text.split(' ', 1)[0])).toEqual(['SELECT', 'INSERT'])
    store.leases.release(held!, 'done')
    expect(statements.map(text => text.split(' ', 1)[0])).toEqual(['SELECT', 'INSERT', 'SELECT', 'DELETE'])
    statements.length = 0
    store.leases.take('first', HERE)
    expect(statements.map(text => text.split(' ', 1)[0])).toEqual(['SELECT'])
    store.close()
    database.close()
  })
})
