import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { beforeAll, expect, test } from 'vitest'
import { sqliteStore } from '../src/index.ts'
import { bundle, nodePath } from './bundle.ts'
import { callOf, entryOf, keyOf, thrownBy } from './samples.ts'
import { temporaryFolder } from './temporary.ts'

const folder = temporaryFolder()
let writer: string
let committer: string

beforeAll(async () => {
  writer = await bundle(new URL('./programs/writer.ts', import.meta.url), folder)
  committer = await bundle(new URL('./programs/committer.ts', import.meta.url), folder)
})

function run(program: string, ...args: string[]): ChildProcess {
  return spawn(process.execPath, [program, ...args], { env: { ...process.env, NODE_PATH: nodePath } })
}

/** What a process wrote to stderr, and how it ended. */
async function ended(child: ChildProcess): Promise<{ readonly errors: string; readonly code: unknown }> {
  let errors = ''
  child.stderr?.on('data', (text: Buffer) => {
    errors += text.toString()
  })
  const [code] = await once(child, 'close')
  return { errors, code }
}

test('eight processes open a new store and put 200 entries each: all are there, none was told to wait', async () => {
  const file = join(folder, 'eight.db')
  const names = Array.from({ length: 8 }, (_, i) => `writer-${i}`)
  const ends = await Promise.all(names.map(name => ended(run(writer, file, name, '200'))))
  expect(ends).toEqual(names.map(() => ({ errors: '', code: 0 })))
  const store = sqliteStore(file)
  const keys = names.flatMap(name => Array.from({ length: 200 }, (_, i) => keyOf(`${name} ${i}`)))
  expect(store.values.has(keys).filter(there => !there)).toEqual([])
  expect([...store.values.list()].length).toBe(1600)
  store.close()
})

test('a process that is killed while it commits leaves each commit whole, or nothing of it', async () => {
  const file = join(folder, 'killed.db')
  const batch = 40
  let left = 0
  for (const [round, delay] of [0, 7, 13, 29, 53, 80].entries()) {
    const child = run(committer, file, `killed-${round}`, String(batch))
    if (child.stdout === null) throw new Error('the program has no output')
    await once(child.stdout, 'data')
    await sleep(delay)
    const end = ended(child)
    child.kill('SIGKILL')
    expect((await end).errors).toBe('')
    left += existsSync(`${file}-wal`) ? 1 : 0

    const store = sqliteStore(file)
    const rounds = new Map<string, number>()
    for (const { key, bytes } of store.calls.find({ where: [{ field: 'namespace', equals: 'test' }] })) {
      const record = JSON.parse(Buffer.from(bytes).toString())
      rounds.set(record.round, (rounds.get(record.round) ?? 0) + 1)
      expect(store.values.has([record.value])).toEqual([true])
      expect(store.calls.has([key])).toEqual([true])
    }
    expect(rounds.size).toBeGreaterThan(round)
    expect([...rounds.values()].filter(count => count !== batch)).toEqual([])
    expect([...store.calls.list()].length).toBe(rounds.size * batch)
    expect([...store.values.list()].length).toBe(rounds.size * batch)
    store.close()

    const database = new Database(file)
    expect(database.pragma('integrity_check', { simple: true })).toBe('ok')
    expect(
      database
        .prepare('SELECT count(*) AS n FROM terms_v3 t JOIN slots_v3 s ON s.id = t.slot WHERE s.position >= 0')
        .get(),
    ).toEqual({
      n: rounds.size * batch,
    })
    database.close()
  }
  // Killed, none had the time to put its log away: they were at work.
  expect(left).toBe(6)
})

test('two connections see what the other wrote, and swap a ref once', () => {
  const file = join(folder, 'two.db')
  const [one, other] = [sqliteStore(file), sqliteStore(file)]
  one.commit({ values: [entryOf(1)], calls: [callOf(2)], mode: 'absent' })
  expect(other.values.has([keyOf(1)])).toEqual([true])
  expect([...other.calls.find({ where: [{ field: 'name', equals: 'f' }] })].map(({ key }) => key)).toEqual([keyOf(2)])
  expect(one.refs.swap('r', undefined, keyOf(1))).toBe(true)
  expect(other.refs.swap('r', undefined, keyOf(2))).toBe(false)
  expect(other.refs.swap('r', keyOf(1), keyOf(2))).toBe(true)
  expect(one.refs.read('r')).toBe(keyOf(2))
  const [listed] = other.values.list()
  one.values.touch([keyOf(1)])
  expect(other.values.delete([{ key: keyOf(1), touched: listed?.touched }])).toBe(0)
  one.close()
  other.close()
})

test('a lock that is never released is an error of the engine, not an endless wait', () => {
  const file = join(folder, 'locked.db')
  const store = sqliteStore(file)
  store.values.put([entryOf(1)], 'keep')
  const holder = new Database(file)
  const impatient = new Database(file)
  const waiting = sqliteStore(impatient)
  waiting.values.has([keyOf(1)])
  impatient.pragma('busy_timeout = 20')
  holder.exec('BEGIN IMMEDIATE')
  expect(thrownBy(() => waiting.values.put([entryOf(2)], 'keep'))).toMatchObject({
    code: 'ERR_BACKEND',
    cause: { code: 'SQLITE_BUSY' },
  })
  expect(waiting.values.get([keyOf(1)])).toEqual([new Uint8Array(entryOf(1).bytes)])
  holder.exec('ROLLBACK')
  waiting.values.put([entryOf(2)], 'keep')
  expect(store.values.has([keyOf(2)])).toEqual([true])
  waiting.close()
  impatient.close()
  holder.close()
  store.close()
})
