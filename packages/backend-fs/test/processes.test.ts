import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isDigest } from '@riposte/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fsStore } from '../src/index.ts'
import type { TaskName } from './child/main.ts'
import { directory } from './directory.ts'
import { answer, bundle, start } from './processes.ts'
import { isWhole, keyFrom, listed, text } from './samples.ts'
import { tree } from './tree.ts'

let folder = ''
let program = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'riposte-fs-program-'))
  await chmod(folder, 0o755)
  program = await bundle(folder)
})

afterAll(() => rm(folder, { recursive: true }))

const task = (name: TaskName, ...args: readonly unknown[]) => [process.execPath, program, name, ...args.map(String)]

/** Answers of several processes at once. */
function together(count: number, name: TaskName, ...args: readonly unknown[]): Promise<unknown[]> {
  return Promise.all(Array.from({ length: count }, () => answer(task(name, ...args))))
}

test.each(['keep', 'absent', 'replace'])('8 processes put one key 200 times with %s, and nobody fails', async mode => {
  const root = join(await directory(), 'store')
  expect(await together(8, 'putOneKey', root, mode)).toEqual(Array(8).fill('done'))
  expect(tree(root).filter(path => !path.endsWith('/'))).toEqual([
    'CACHEDIR.TAG',
    'riposte.json',
    `v2/values/aa/${keyFrom('aa')}`,
  ])
})

test('processes that are killed leave whole entries only, and all that they acknowledged', async () => {
  const root = join(await directory(), 'store')
  const acknowledged: string[] = []
  for (let round = 0; round < 6; round++) {
    const running = Array.from({ length: 2 }, () => start(task('putUntilKilled', root)))
    await sleep(300 + Math.random() * 200)
    for (const { child } of running) child.kill('SIGKILL')
    for (const { output } of running) acknowledged.push(...(await output).split('\n').filter(isDigest))
  }
  expect(acknowledged.length).toBeGreaterThan(0)
  const { values } = fsStore(root)
  const keys = (await listed(values.list())).map(({ key }) => key)
  expect(acknowledged.filter(key => !keys.some(listed => listed === key))).toEqual([])
  const bytes = await values.get(keys)
  expect(keys.filter((key, index) => !isWhole(key, bytes[index]))).toEqual([])
})

test('guarded removals beside writers in other processes lose nothing that was put or touched since', async () => {
  const root = join(await directory(), 'store')
  const outcomes = await Promise.all([together(2, 'putAndLook', root, 3000), together(2, 'deleteOld', root, 3000)])
  const [writers, removers] = outcomes as [{ puts: number; lost: number }[], { removed: number }[]] // as the tasks answer
  expect(writers.map(({ lost }) => lost)).toEqual([0, 0])
  expect(Math.min(...writers.map(({ puts }) => puts))).toBeGreaterThan(0)
  expect(removers.reduce((sum, { removed }) => sum + removed, 0)).toBeGreaterThan(0)
})

test('of swaps in several processes none is lost', async () => {
  const root = join(await directory(), 'store')
  await together(4, 'count', root, 30)
  const { refs } = fsStore(root)
  expect(BigInt(`0x${await refs!.read('count')}`)).toBe(120n)
})

test('a name that is absent is taken by one process at a time', async () => {
  const root = join(await directory(), 'store')
  expect(await together(4, 'takeTurns', root, 30)).toEqual(Array(4).fill('done'))
})

describe('a store that this process may only read', () => {
  // The superuser may write everywhere, so it has somebody else do it.
  const nobody: { uid?: number; gid?: number } = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {}

  test('is read, and refuses writes', async () => {
    const root = await directory()
    const store = fsStore(root)
    await store.values.put([{ key: keyFrom('aa'), bytes: text('value') }], 'keep')
    await store.refs?.swap('name', undefined, keyFrom('aa'))
    const before = tree(root)
    const directories = ['.', ...before.filter(path => path.endsWith('/'))].map(path => join(root, path))
    for (const path of directories) await chmod(path, 0o555)
    try {
      const results = await answer(task('useReadOnly', root), nobody)
      const refused = ['ERR_REJECTED', 'EACCES']
      // Whose file it is may set its times in any directory.
      const owner = nobody.uid === undefined
      const notOurs = ['ERR_REJECTED', expect.stringMatching(/^E(ACCES|PERM)$/)]
      const once = {
        get: [5, null],
        has: [true, false],
        list: [keyFrom('aa')],
        read: keyFrom('aa'),
        now: 'number',
        put: refused,
        keep: owner ? 5 : notOurs,
        absent: refused,
        touch: owner ? [true] : notOurs,
        delete: refused,
        swap: refused,
      }
      const twice = Object.entries(once).flatMap(([name, value]) => [
        [name, value],
        [`${name}, now`, value],
      ])
      expect(results).toEqual(Object.fromEntries(twice))
    } finally {
      for (const path of directories) await chmod(path, 0o755)
    }
    expect(tree(root)).toEqual(before)
  })
})

test.each(['sync', 'async'])(
  'a file that cannot be written whole is a failure with its cause, and vanishes (%s)',
  async form => {
    const root = join(await directory(), 'store')
    const limited = ['sh', '-c', 'ulimit -f 100; exec "$@"', 'sh', ...task('putLarge', root, form)]
    expect(await answer(limited)).toEqual({ code: 'ERR_BACKEND', cause: 'EFBIG', large: [false], whole: true })
    expect(tree(join(root, 'v2/tmp'))).toEqual([])
  },
)
