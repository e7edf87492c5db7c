import { existsSync, rmSync } from 'node:fs'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { run, type Store } from '@riposte/core'
import { describe, expect, test } from 'vitest'
import type { Files } from '../src/files.ts'
import { fsStore } from '../src/index.ts'
import { makeDirectories } from '../src/make-directories.ts'
import { syncFiles } from '../src/sync-files.ts'
import { directory } from './directory.ts'
import { answer, bundle } from './processes.ts'
import { keyFrom, listed, text } from './samples.ts'
import { contents } from './tree.ts'

const KEY = keyFrom('3f6c')

/** Everything that uses the disk. */
const USES: readonly [string, (store: Store) => unknown][] = [
  ['get', store => store.values.get([KEY])],
  ['has', store => store.values.has([KEY])],
  ['touch', store => store.values.touch([KEY])],
  ['put', store => store.values.put([{ key: KEY, bytes: text('value') }], 'keep')],
  ['delete', store => store.values.delete([{ key: KEY }])],
  ['list', store => listed(store.values.list())],
  ['now', store => store.values.now()],
  ['commit', store => store.commit({ values: [{ key: KEY, bytes: text('value') }], calls: [], mode: 'absent' })],
  ['refs.read', store => store.refs?.read('name')],
  ['refs.swap', store => store.refs?.swap('name', undefined, KEY)],
]

const FOREIGN: readonly [string, string, string | undefined][] = [
  ['files of somebody', 'ERR_NOT_A_STORE', undefined],
  ['a marker that is not JSON', 'ERR_NOT_A_STORE', 'riposte'],
  ['a marker that is something else', 'ERR_NOT_A_STORE', '{"kind":"recipe","format":1}'],
  ['a marker without a format', 'ERR_NOT_A_STORE', '{"kind":"riposte-store"}'],
  ['a store of a later format', 'ERR_UNKNOWN_FORMAT', '{"kind":"riposte-store","format":3}'],
  ['a store of an earlier format', 'ERR_UNKNOWN_FORMAT', '{"kind":"riposte-store","format":1}'],
]

describe.each([{}, { sync: true }])('fsStore(root, %o)', options => {
  describe.each(FOREIGN)('over a directory with %s', (_, code, marker) => {
    test.each(USES)('%s fails and changes nothing', async (_, use) => {
      const root = await directory()
      await mkdir(join(root, 'photos'))
      await writeFile(join(root, 'photos', 'cat.jpg'), 'cat')
      if (marker !== undefined) await writeFile(join(root, 'riposte.json'), marker)
      const before = contents(root)
      await expect(async () => use(fsStore(root, options))).rejects.toMatchObject({
        name: 'RiposteError',
        code,
        message: expect.stringContaining(root),
      })
      expect(contents(root)).toEqual(before)
    })
  })

  test('a file is not a store', async () => {
    const root = join(await directory(), 'file')
    await writeFile(root, 'text')
    await expect(async () => fsStore(root, options).values.get([KEY])).rejects.toMatchObject({
      code: 'ERR_NOT_A_STORE',
    })
  })

  test('a directory below a file is a failure with its cause', async () => {
    const file = join(await directory(), 'file')
    await writeFile(file, 'text')
    await expect(async () => USES[3]![1](fsStore(join(file, 'store'), options))).rejects.toMatchObject({
      code: 'ERR_BACKEND',
      cause: { code: 'ENOTDIR' },
    })
  })

  test.each(['a', 'a/b/c', 'link/d'])('it is made with the directories above it: %s', async path => {
    const above = await directory()
    await mkdir(join(above, 'elsewhere'))
    await symlink(join(above, 'elsewhere'), join(above, 'link'), 'junction')
    const store = fsStore(join(above, path), { ...options, durable: true })
    await store.values.put([{ key: KEY, bytes: text('value') }], 'keep')
    expect(await fsStore(join(above, path), options).values.get([KEY])).toEqual([text('value')])
  })

  test.each(['dangling', 'dangling/deep'])(
    'a link to nowhere is no directory, and none is made there: %s',
    async path => {
      const above = await directory()
      await symlink(join(above, 'nowhere'), join(above, 'dangling'), 'junction')
      await expect(async () => USES[3]![1](fsStore(join(above, path), options))).rejects.toMatchObject({
        code: 'ERR_BACKEND',
        message: expect.stringContaining(`${join(above, 'dangling')} cannot be made`),
      })
      expect(existsSync(join(above, 'nowhere'))).toBe(false)
    },
  )

  test('an empty directory becomes a store, also beside a .gitignore', async () => {
    const root = await directory()
    await writeFile(join(root, '.gitignore'), '*')
    const store = fsStore(root, options)
    await store.values.put([{ key: KEY, bytes: text('value') }], 'keep')
    expect(await fsStore(root, options).values.get([KEY])).toEqual([text('value')])
  })

  test('what a crash left of the making of a store does not stop the next', async () => {
    const root = await directory()
    await writeFile(join(root, '.riposte-0b6ec1e6-41d0-4a61-9bdb-ec6f1e1f4a52'), '{"ki')
    const store = fsStore(root, options)
    await store.values.put([{ key: KEY, bytes: text('value') }], 'keep')
    expect(await fsStore(root, options).values.has([KEY])).toEqual([true])
  })

  test('many uses of a new store at once make one', async () => {
    const root = join(await directory(), 'store')
    const stores = Array.from({ length: 10 }, () => fsStore(root, options))
    await Promise.all(
      stores.flatMap((store, index) =>
        ['a', 'b', 'c'].map(async digit => {
          const key = keyFrom(`${digit}${index}`)
          await store.values.put([{ key, bytes: text('value') }], 'keep')
        }),
      ),
    )
    expect((await listed(stores[0]!.values.list())).length).toBe(30)
  })
})

test('directories that somebody removes while they are made are made again', async () => {
  const above = await directory()
  let removed = 0
  const files: Files = {
    ...syncFiles,
    makeDirectory(path) {
      if (path === join(above, 'a/b/c') && removed < 3) {
        removed += 1
        rmSync(join(above, 'a'), { recursive: true })
      }
      return syncFiles.makeDirectory(path)
    },
  }
  expect(run(makeDirectories(files, join(above, 'a/b/c')))).toBe(join(above, 'a'))
  expect(existsSync(join(above, 'a/b/c'))).toBe(true)
  expect(removed).toBe(3)
})

// In a process of its own, which a loop without an end does not outlive.
test.runIf(process.platform === 'linux')('where the system makes no directory it is an error, and soon', async () => {
  const program = await bundle(await directory(), 'programs/unmakeable.ts')
  for (const [place, form] of [
    ['/proc/x', 'sync'],
    ['/proc/x', 'async'],
    ['/proc/x/y', 'sync'],
    ['/proc/x/y', 'async'],
  ] as const) {
    const said = await answer([process.execPath, program, place, form], { timeout: 10_000, killSignal: 'SIGKILL' })
    expect(said).toMatchObject({
      code: 'ERR_BACKEND',
      message: expect.stringMatching(new RegExp(`fs:${place}.*mkdir '/proc/x'`)),
      cause: 'ENOENT',
    })
  }
})
