import { execFileSync } from 'node:child_process'
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createCache, memoryStore } from '@riposte/core'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { gitState } from '../src/host/git-state.ts'
import { memoize, memoizer, memoizeSync } from '../src/index.ts'

let folder: string
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'riposte-git-')))
})
afterEach(() => {
  vi.restoreAllMocks()
  rmSync(folder, { recursive: true, force: true })
})

function git(...args: string[]): string {
  const user = ['-c', 'user.name=a', '-c', 'user.email=a@b', '-c', 'commit.gpgsign=false']
  return execFileSync('git', [...user, ...args], { cwd: folder, encoding: 'utf8', stdio: 'pipe' }).trim()
}

describe.each([true, false])('git, at once: %s', atOnce => {
  const state = async () => (await gitState(folder, { atOnce })).state

  test('says root, commit, branch and whether anything differs', async () => {
    git('init', '--initial-branch', 'trunk')
    expect(await state()).toEqual({ root: folder, branch: 'trunk', dirty: false })
    writeFileSync(join(folder, 'a'), '1')
    expect(await state()).toEqual({ root: folder, branch: 'trunk', dirty: true })
    git('add', 'a')
    git('commit', '-m', 'one')
    const commit = git('rev-parse', 'HEAD')
    expect(await state()).toEqual({ root: folder, branch: 'trunk', commit, dirty: false })
    writeFileSync(join(folder, 'a'), '2')
    git('checkout', '--detach')
    expect(await state()).toEqual({ root: folder, commit, dirty: true })
  })

  test('there is none outside of a repository, and none without git', async () => {
    expect(await state()).toBeUndefined()
    vi.stubEnv('PATH', folder)
    try {
      expect(await state()).toBeUndefined()
    } finally {
      vi.unstubAllEnvs()
    }
  })
})

test('what is asked for is noted of computed calls, beside other metadata', async () => {
  git('init', '--initial-branch', 'trunk')
  vi.spyOn(process, 'cwd').mockReturnValue(folder)
  const cache = createCache(memoryStore())
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
  const memo = memoizer({ cache: createCache(memoryStore()), collect: ['git'] })
  const f = memo(async () => 1, { name: 'f' })
  expect(await f()).toBe(1)
  expect((await f.record())?.metadata.git).toBeUndefined()
})

test('nothing is noted unless asked for, and nothing else can be asked for', async () => {
  const f = memoize(async () => 1, { cache: createCache(memoryStore()), name: 'f' })
  await f()
  expect(Object.keys((await f.record())?.metadata ?? {})).toEqual(['runtime'])
  expect(() => memoize(async () => 1, { name: 'f', collect: ['cpu' as never] })).toThrow(/environment, git, resources/)
})
