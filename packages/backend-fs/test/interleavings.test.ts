/** What two guarded removals do beside others, in any order of their file operations. */
import type { Digest, Steps } from '@riposte/core'
import { run } from '@riposte/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { deleteEntries } from '../src/delete-entries.ts'
import type { Files } from '../src/files.ts'
import { getEntries, hasEntries } from '../src/find-entries.ts'
import type { Folder } from '../src/folder.ts'
import { createHome } from '../src/home.ts'
import { fsStore } from '../src/index.ts'
import { syncFiles } from '../src/sync-files.ts'
import { touchEntries } from '../src/touch-entries.ts'
import { directory } from './directory.ts'
import { keyFrom, text } from './samples.ts'

const REMOVERS = 2

/**
 * Removals that have seen an entry to be as old as it was listed, and are about to take it. It is touched then. What
 * `use` does after that, and what the removals do, goes on in an order that the scheduler makes.
 */
async function besideRemovals<T>(
  root: string,
  key: Digest,
  schedule: fc.Scheduler,
  use: (folder: Folder) => Steps<T>,
): Promise<T> {
  const { values } = fsStore(root, { sync: true })
  values.put([{ key, bytes: text('value') }], 'keep')
  const [listed] = [...values.list({ prefix: key })]
  if (listed === undefined) throw new Error('the entry was put, and is not listed')
  let isLooking = true
  const inTurn =
    <A extends readonly unknown[], R>(operation: (...args: A) => R, name: string) =>
    (...args: A): R | Promise<Awaited<R>> =>
      isLooking && name !== 'rename'
        ? operation(...args)
        : (schedule.schedule(Promise.resolve(), name).then(() => operation(...args)) as Promise<Awaited<R>>)
  const files: Files = {
    ...syncFiles,
    read: inTurn(syncFiles.read, 'read'),
    status: inTurn(syncFiles.status, 'status'),
    rename: inTurn(syncFiles.rename, 'rename'),
    link: inTurn(syncFiles.link, 'link'),
    unlink: inTurn(syncFiles.unlink, 'unlink'),
    touch: inTurn(syncFiles.touch, 'touch'),
    names: inTurn(syncFiles.names, 'names'),
  }
  const folder: Folder = { home: createHome(root, files, false), kind: 'values' }
  await run(folder.home.find())
  const removals = Array.from({ length: REMOVERS }, () => run(deleteEntries(folder, [listed])))
  expect(values.touch([key])).toEqual([true])
  isLooking = false
  const result = run(use(folder))
  await schedule.waitIdle()
  expect(await Promise.all(removals.map(async removed => removed))).toEqual(Array(REMOVERS).fill(0))
  return await result
}

const key = fc.nat(2 ** 32 - 1).map(number => keyFrom(number.toString(16).padStart(8, '0')))
const uses: readonly [string, (folder: Folder, key: Digest) => Steps<readonly unknown[]>, unknown][] = [
  ['is found', (folder, key) => getEntries(folder, [key]), text('value')],
  ['is there', (folder, key) => hasEntries(folder, [key]), true],
  ['is touched', (folder, key) => touchEntries(folder, [key]), true],
]

test.each(uses)('an entry touched since removals have looked at it %s', async (_, use, expected) => {
  const root = await directory()
  await fc.assert(
    fc.asyncProperty(key, fc.scheduler(), async (key, schedule) => {
      expect(await besideRemovals(root, key, schedule, folder => use(folder, key))).toEqual([expected])
      expect(fsStore(root, { sync: true }).values.delete([{ key }])).toBe(1)
    }),
    { numRuns: 100 },
  )
})

test('an entry that is removed unasked beside removals that put it back is gone', async () => {
  const root = await directory()
  await fc.assert(
    fc.asyncProperty(key, fc.scheduler(), async (key, schedule) => {
      expect(await besideRemovals(root, key, schedule, folder => deleteEntries(folder, [{ key }]))).toBe(1)
      expect(fsStore(root, { sync: true }).values.has([key])).toEqual([false])
    }),
    { numRuns: 100 },
  )
})
