import { execFileSync } from 'node:child_process'
import { hostname, userInfo } from 'node:os'
import { ANY, createCache } from '@riposte/core'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { testStore } from '../../core/test/support/test-store.ts'
import { memoize, memoizer, memoizeSync, withCache } from '../src/index.ts'
import { temporaryFolder } from './temporary-folder.ts'

let folder: string
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(() => {
  vi.restoreAllMocks()
})

test('what is asked for is noted of computed calls, beside other metadata', async () => {
  execFileSync('git', ['init', '--initial-branch', 'trunk'], { cwd: folder, stdio: 'pipe' })
  vi.spyOn(process, 'cwd').mockReturnValue(folder)
  const cache = createCache(testStore())
  const options = { cache, collect: ['environment', 'git', 'resources'], tags: { a: 1 } } as const
  const f = memoize(async (x: number) => x, { ...options, name: 'f' })
  const g = memoizeSync((x: number) => x, { ...options, name: 'g' })
  await f(1)
  g(1)
  for (const record of [await f.record(1), await g.record(1)]) {
    expect(record?.metadata).toEqual({
      runtime: { startedAt: expect.any(Number), durationMs: expect.any(Number) },
      tags: { a: 1 },
      environment: {
        node: process.versions.node,
        platform: `${process.platform}-${process.arch}`,
        hostname: hostname(),
        user: userInfo().username,
        cwd: folder,
      },
      git: { root: folder, branch: 'trunk', dirty: false },
      resources: {
        cpuUserMs: expect.any(Number),
        cpuSystemMs: expect.any(Number),
        heapUsedBytes: expect.any(Number),
      },
    })
  }
  expect(
    await f.query({}, { metadata: { git: { dirty: false }, resources: { heapUsedBytes: { gt: 0 } } } }).count(),
  ).toBe(1)
})

test('a folder that is no repository costs nothing but the note', async () => {
  vi.spyOn(process, 'cwd').mockReturnValue(folder)
  const memo = memoizer({ cache: createCache(testStore()), collect: ['git'] })
  const f = memo(async () => 1, { name: 'f' })
  expect(await f()).toBe(1)
  expect((await f.record())?.metadata.git).toBeUndefined()
})

test('nor does a working folder that was removed', async () => {
  vi.spyOn(process, 'cwd').mockImplementation(() => {
    throw Object.assign(new Error('ENOENT: no such file or directory, uv_cwd'), { code: 'ENOENT', syscall: 'uv_cwd' })
  })
  const options = { cache: createCache(testStore()), collect: ['git', 'environment'] } as const
  expect(await memoize(async () => 1, { ...options, name: 'f' })()).toBe(1)
  expect(memoizeSync(() => 1, { ...options, name: 'g' })()).toBe(1)
})

test('a cache has its own noted of every call, beside what the function asks for', async () => {
  const cache = createCache(testStore(), { collect: ['environment'], tags: { project: 'x', by: 'cache' } })
  const f = memoize(async () => 1, { name: 'f' })
  const g = memoizeSync(() => 1, { cache, name: 'g', collect: ['resources'], tags: { by: 'function' } })
  await withCache(cache, f)
  g()
  const [ofCache, ofBoth] = [await withCache(cache, () => f.record()), await g.record()]
  expect(Object.keys(ofCache?.metadata ?? {}).sort()).toEqual(['environment', 'runtime', 'tags'])
  expect(ofCache?.metadata.tags).toEqual({ project: 'x', by: 'cache' })
  expect(Object.keys(ofBoth?.metadata ?? {}).sort()).toEqual(['environment', 'resources', 'runtime', 'tags'])
  expect(ofBoth?.metadata.tags).toEqual({ project: 'x', by: 'function' })
  expect(await cache.calls.query({ metadata: { tags: { project: 'x' }, environment: ANY } }).count()).toBe(2)
})

test('nothing is noted unless asked for, and nothing else can be asked for', async () => {
  const f = memoize(async () => 1, { cache: createCache(testStore()), name: 'f' })
  await f()
  expect(Object.keys((await f.record())?.metadata ?? {})).toEqual(['runtime'])
  expect(() => memoize(async () => 1, { name: 'f', collect: ['cpu' as never] })).toThrow(/environment, git, resources/)
})
