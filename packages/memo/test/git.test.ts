import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createCache, memoryStore } from '@riposte/core'
import { build } from 'vite'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { gitState } from '../src/host/git-state.ts'
import { memoize, memoizer, memoizeSync } from '../src/index.ts'
import { temporaryFolder } from './temporary-folder.ts'

let folder: string
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(() => {
  vi.restoreAllMocks()
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

/** A program called `git` that is found before git is; in a folder of its own. */
function fakeGit(script: string): void {
  const place = join(folder, 'bin')
  mkdirSync(place)
  writeFileSync(join(place, 'git'), `#!/bin/sh\n${script}\n`)
  chmodSync(join(place, 'git'), 0o755)
  vi.stubEnv('PATH', `${place}${delimiter}${process.env['PATH']}`)
}

/** Prints what git would say, as far as it is asked. */
const sane = `case "$1" in
rev-parse) echo /x ;;
*) echo '# branch.oid (initial)'; echo '# branch.head trunk' ;;
esac`

const ODD_GITS: readonly (readonly [what: string, script: string])[] = [
  ['ends as it should, having said nothing', 'exit 0'],
  ['says only where the repository is', `test "$1" = rev-parse && echo /x; exit 0`],
  ['says all, and fails', `${sane}\nexit 3`],
  ['fails on the second question', `${sane}\ntest "$1" = rev-parse`],
  ['is ended by a signal, having said all', `${sane}\nkill -KILL $$`],
  ['hangs, deaf to a polite end, having said all', `trap '' TERM\n${sane}\nsleep 30\nsleep 30`],
  ['hangs in a process of its own, which holds what it writes to', `${sane}\nsleep 30 &`],
]

describe.skipIf(process.platform === 'win32').each([true, false])('an odd git, at once: %s', atOnce => {
  afterEach(() => {
    vi.unstubAllEnvs()
  })

  test('one that answers is believed', async () => {
    fakeGit(sane)
    expect((await gitState(folder, { atOnce })).state).toEqual({ root: '/x', branch: 'trunk', dirty: false })
  })

  test.each(ODD_GITS)('of one that %s nothing is noted, and in time', { timeout: 15_000 }, async (_what, script) => {
    fakeGit(script)
    vi.spyOn(process, 'cwd').mockReturnValue(folder)
    const options = { cache: createCache(memoryStore()), collect: ['git'], name: 'f' } as const
    const f = atOnce ? memoizeSync((x: number) => x, options) : memoize(async (x: number) => x, options)
    expect(await f(1)).toBe(1)
    expect(Object.keys((await f.record(1))?.metadata ?? {})).toEqual(['runtime'])
  })
})

test.skipIf(process.platform === 'win32')('a git that hangs does not keep the process from its end', async () => {
  fakeGit(`trap '' TERM\nsleep 30\nsleep 30`)
  try {
    const conditions = ['@riposte/source', 'node']
    await build({
      configFile: false,
      logLevel: 'silent',
      resolve: { conditions },
      ssr: { noExternal: [/^@riposte/], resolve: { conditions } },
      build: {
        ssr: fileURLToPath(new URL('programs/hanging-git.ts', import.meta.url)),
        outDir: folder,
        emptyOutDir: false,
        target: 'node20',
        rollupOptions: { output: { entryFileNames: '[name].mjs' } },
      },
    })
    const program = join(folder, 'hanging-git.mjs')
    expect(execFileSync(process.execPath, [program], { timeout: 15_000, encoding: 'utf8' })).toBe('1\n')
  } finally {
    vi.unstubAllEnvs()
  }
})

test.skipIf(process.platform === 'win32')('an error that is not kept does not wait for git', async () => {
  fakeGit('sleep 30')
  vi.spyOn(process, 'cwd').mockReturnValue(folder)
  try {
    const memo = memoizer({ cache: createCache(memoryStore()), collect: ['git'] })
    const settled: string[] = []
    const kept = memo(async () => Promise.reject(new Error('kept')), { name: 'kept', cacheErrors: true })
    const lost = memo(async () => Promise.reject(new Error('lost')), { name: 'lost' })
    // The one that is kept begins first, and ends when git's time is over.
    await Promise.all([kept, lost].map(f => f().catch((error: Error) => settled.push(error.message))))
    expect(settled).toEqual(['lost', 'kept'])
  } finally {
    vi.unstubAllEnvs()
  }
})

test('a body that holds the thread for longer than git has takes nothing from what git said', async () => {
  git('init', '--initial-branch', 'trunk')
  vi.spyOn(process, 'cwd').mockReturnValue(folder)
  const f = memoize(
    async (x: number) => {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2500)
      return x
    },
    { cache: createCache(memoryStore()), collect: ['git'], name: 'f' },
  )
  await f(1)
  expect((await f.record(1))?.metadata.git).toEqual({ root: folder, branch: 'trunk', dirty: false })
})
