import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { storeConformance } from '@riposte/testkit'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type SqliteDatabase, sqliteStore } from '../src/index.ts'
import { isNetworkFileSystem, isOnNetworkFileSystem } from '../src/network-file-system.ts'
import { bundle, nodePath } from './bundle.ts'
import { entryOf, keyOf, thrownBy } from './samples.ts'
import { temporaryFolder } from './temporary.ts'
import { unprivileged } from './unprivileged.ts'

const NFS = 0x6969n

/** What the system is made to say of every path, since a test cannot mount a file system; `undefined` leaves the word to it. */
const system = vi.hoisted(() => ({ type: undefined as bigint | undefined }))
vi.mock('node:fs', async original => {
  const real = await original<typeof import('node:fs')>()
  return {
    ...real,
    statfsSync: (...args: Parameters<typeof real.statfsSync>) =>
      system.type === undefined ? real.statfsSync(...args) : { type: system.type },
  }
})

const folder = temporaryFolder()
let files = 0
const newFile = () => join(folder, `store-${files++}.db`)

const opened: Database.Database[] = []

/** An open database that does not wait for the disk. With a thousand commits that do, the rules would take half a minute. */
function unhurried(): SqliteDatabase {
  const database = new Database(newFile())
  opened.push(database)
  return {
    exec: sql => database.exec(sql.replace('synchronous = FULL', 'synchronous = OFF')),
    prepare: sql => database.prepare(sql),
    close: () => database.close(),
  }
}

describe('a type', () => {
  test.each([
    ['NFS', 0x6969],
    ['SMB', 0x517b],
    ['CIFS', 0xff534d42],
    ['SMB 2', 0xfe534d42],
    ['9P', 0x01021997],
    ['AFS', 0x5346414f],
    ['AFS of the kernel', 0x6b414653],
    ['Ceph', 0x00c36400],
    ['Coda', 0x73757245],
    ['NCP', 0x564c],
    ['OCFS2', 0x7461636f],
    ['Lustre', 0x0bd00bd0],
    ['GPFS', 0x47504653],
    ['GFS2', 0x01161970],
    ['BeeGFS', 0x19830326],
  ])('of %s is a network file system, with and without a sign', (_name, type) => {
    const signed = type | 0
    for (const given of [type, signed, BigInt(type), BigInt(signed), BigInt.asUintN(64, BigInt(signed))]) {
      expect(isNetworkFileSystem(given)).toBe(true)
    }
  })

  test.each([
    ['ext4', 0xef53],
    ['tmpfs', 0x01021994],
    ['Btrfs', 0x9123683e],
    ['XFS', 0x58465342],
    ['overlay', 0x794c7630],
    ['FUSE', 0x65735546],
    ['none', 0],
  ])('of %s is local', (_name, type) => {
    for (const given of [type, type | 0, BigInt(type)]) expect(isNetworkFileSystem(given)).toBe(false)
  })
})

test('the folder of temporary files is local, and what is not there counts as local', () => {
  expect(isOnNetworkFileSystem(tmpdir())).toBe(false)
  expect(isOnNetworkFileSystem(join(folder, 'none'))).toBe(false)
})

test('a file that was made one without a log stays so, also where it counts as local', () => {
  const file = newFile()
  for (const n of [1, 2]) {
    const store = sqliteStore(file)
    store.values.put([entryOf(n)], 'keep')
    expect(existsSync(`${file}-wal`)).toBe(n === 1)
    store.close()
    const database = new Database(file)
    expect(database.pragma('journal_mode = DELETE', { simple: true })).toBe('delete')
    database.close()
  }
})

// Other systems do not tell.
describe.runIf(process.platform === 'linux')('on a network file system', () => {
  beforeEach(() => {
    system.type = NFS
  })
  afterEach(() => {
    system.type = undefined
    for (const database of opened.splice(0)) database.close()
  })

  for (const rule of storeConformance({ open: () => sqliteStore(unhurried()) })) test(rule.name, rule.run)

  /** By a connection of its own, which has it from the file. */
  function journalOf(file: string): unknown {
    const database = new Database(file)
    try {
      return database.pragma('journal_mode', { simple: true })
    } finally {
      database.close()
    }
  }

  test('a new file has no write-ahead log', () => {
    const file = newFile()
    const store = sqliteStore(file)
    store.values.put([entryOf(1)], 'keep')
    expect(existsSync(`${file}-wal`) || existsSync(`${file}-shm`)).toBe(false)
    store.close()
    expect(journalOf(file)).toBe('delete')
  })

  test('an open database that is empty gets none, and is written to the disk at every commit', () => {
    const database = new Database(newFile())
    const store = sqliteStore(database)
    store.values.put([entryOf(1)], 'keep')
    expect(['journal_mode', 'synchronous'].map(name => database.pragma(name, { simple: true }))).toEqual(['delete', 2])
    store.close()
    database.close()
  })

  test('a database in memory is one as ever', () => {
    const store = sqliteStore(':memory:')
    store.values.put([entryOf(1)], 'keep')
    expect(store.values.has([keyOf(1)])).toEqual([true])
    store.close()
  })

  test('a file that has a log loses it when it is opened, and nothing of what stands in it', () => {
    const [local, remote] = [newFile(), newFile()]
    system.type = undefined
    const first = sqliteStore(local)
    first.values.put([entryOf(1)], 'keep')
    // As a process that crashed leaves it: the entry is in the log alone.
    for (const end of ['', '-wal']) copyFileSync(`${local}${end}`, `${remote}${end}`)
    first.close()
    expect(readFileSync(`${remote}-wal`).length).toBeGreaterThan(0)

    system.type = NFS
    const store = sqliteStore(remote)
    expect(store.values.get([keyOf(1)])).toEqual([new Uint8Array(entryOf(1).bytes)])
    expect(existsSync(`${remote}-wal`) || existsSync(`${remote}-shm`)).toBe(false)
    store.values.put([entryOf(2)], 'keep')
    expect(existsSync(`${remote}-wal`) || existsSync(`${remote}-shm`)).toBe(false)
    store.close()
    expect(journalOf(remote)).toBe('delete')
  })

  test.each([
    ['the file', 0o444, 0o777],
    ['its folder', 0o666, 0o555],
    ['both', 0o444, 0o555],
  ])('a file that has a log is read where it is read-only, and keeps it: %s', (what, ofFile, ofFolder) => {
    const file = join(folder, what, 'store.db')
    mkdirSync(join(folder, what))
    system.type = undefined
    const first = sqliteStore(file)
    first.values.put([entryOf(1)], 'keep')
    first.close()
    const before = readFileSync(file)
    chmodSync(folder, 0o755)
    chmodSync(file, ofFile)
    chmodSync(join(folder, what), ofFolder)
    system.type = NFS
    unprivileged(() => {
      const store = sqliteStore(file)
      expect(store.values.get([keyOf(1)])).toEqual([new Uint8Array(entryOf(1).bytes)])
      expect(thrownBy(() => store.values.touch([keyOf(1)]))).toMatchObject({ code: 'ERR_REJECTED' })
      store.close()
    })
    chmodSync(join(folder, what), 0o755)
    expect(readFileSync(file).equals(before)).toBe(true)
  })

  test('a database of something else that has a log keeps it, and is refused', () => {
    const file = newFile()
    const other = new Database(file)
    other.pragma('journal_mode = WAL')
    other.exec('CREATE TABLE mine (a)')
    other.close()
    const before = readFileSync(file)
    expect(thrownBy(() => sqliteStore(file).values.put([entryOf(1)], 'keep'))).toMatchObject({
      code: 'ERR_NOT_A_STORE',
    })
    expect(readFileSync(file).equals(before)).toBe(true)
  })

  test('eight processes write to one file without a log: all is there', async () => {
    const writer = await bundle(new URL('./programs/writer.ts', import.meta.url), folder)
    const file = newFile()
    const store = sqliteStore(file)
    store.values.put([entryOf(1)], 'keep')
    const names = Array.from({ length: 8 }, (_, i) => `writer-${i}`)
    const ends = await Promise.all(
      names.map(async name => {
        const child = spawn(process.execPath, [writer, file, name, '10'], {
          env: { ...process.env, NODE_PATH: nodePath },
          stdio: ['ignore', 'ignore', 'inherit'],
        })
        return (await once(child, 'close'))[0]
      }),
    )
    expect(ends).toEqual(names.map(() => 0))
    const keys = names.flatMap(name => Array.from({ length: 10 }, (_, i) => keyOf(`${name} ${i}`)))
    expect(store.values.has(keys).filter(there => !there)).toEqual([])
    store.close()
    expect(journalOf(file)).toBe('delete')
  })
})
