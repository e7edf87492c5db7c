/** What others remove while a durable store brings it to the disk. */
import { basename } from 'node:path'
import { run } from '@riposte/core'
import { describe, expect, test } from 'vitest'
import type { Files } from '../src/files.ts'
import { syncForm } from '../src/form.ts'
import { createGate } from '../src/gate.ts'
import { createHome } from '../src/home.ts'
import { fsStore } from '../src/index.ts'
import { namedRefs } from '../src/named-refs.ts'
import { putEntries } from '../src/put-entries.ts'
import { syncFiles } from '../src/sync-files.ts'
import { directory } from './directory.ts'
import { keyFrom, text } from './samples.ts'

const KEY = keyFrom('ab01')

/** A durable home in which something is done just before the first time that what `isMeant` is brought to the disk. */
function homeWhere(root: string, isMeant: (path: string) => boolean, happens: () => unknown) {
  let pending = true
  const files: Files = {
    ...syncFiles,
    sync: path => {
      if (pending && isMeant(path)) {
        pending = false
        happens()
      }
      return syncFiles.sync(path)
    },
  }
  return { home: createHome(root, files, true), happened: () => !pending }
}

// Windows brings no directory to the disk, and no file that is only read.
describe.skipIf(process.platform === 'win32')('in a durable store', () => {
  test.each(['keep', 'absent'] as const)('an entry that is removed while put %s finds it is written', async mode => {
    const root = await directory()
    const others = fsStore(root, { sync: true }).values
    others.put([{ key: KEY, bytes: text('old') }], 'keep')
    const { home, happened } = homeWhere(
      root,
      path => basename(path) === KEY,
      () => others.delete([{ key: KEY }]),
    )
    const entries = [{ key: KEY, bytes: text('new') }]
    expect(await run(putEntries({ folder: { home, kind: 'values' }, entries, mode }))).toEqual([undefined])
    expect(happened()).toBe(true)
    expect(others.get([KEY])).toEqual([text('new')])
  })

  test('a reference that is removed as soon as it is set was set', async () => {
    const root = await directory()
    const others = fsStore(root, { sync: true }).refs!
    others.swap('other', undefined, KEY)
    const { home, happened } = homeWhere(
      root,
      path => /refs.[0-9a-f]{64}$/.test(path),
      () => expect(others.swap('name', KEY, undefined)).toBe(true),
    )
    const refs = namedRefs(home, syncForm, createGate('refs', root))
    expect(await refs.swap('name', undefined, KEY)).toBe(true)
    expect(happened()).toBe(true)
    expect(others.read('name')).toBeUndefined()
  })
})
