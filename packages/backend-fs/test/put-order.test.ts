/** In what order a commit does what others can see. */
import { basename, join } from 'node:path'
import { run } from '@riposte/core'
import { expect, test } from 'vitest'
import type { Files } from '../src/files.ts'
import { createHome } from '../src/home.ts'
import { putInOrder } from '../src/put-entries.ts'
import { syncFiles } from '../src/sync-files.ts'
import { directory } from './directory.ts'
import { keyFrom, text } from './samples.ts'

const CHILD = keyFrom('ff01')
const PARENT = keyFrom('0001')
const CALL = keyFrom('ca11')

/** What a durable commit of two values and a record does, by the last part of the path that it does it to. */
async function commit(): Promise<readonly string[]> {
  const done: string[] = []
  const files: Files = {
    ...syncFiles,
    rename: (from, to) => {
      done.push(`name ${basename(to)}`)
      return syncFiles.rename(from, to)
    },
    link: (from, to) => {
      done.push(`name ${basename(to)}`)
      return syncFiles.link(from, to)
    },
    sync: path => {
      done.push(`sync ${basename(path)}`)
      return syncFiles.sync(path)
    },
  }
  const home = createHome(join(await directory(), 'store'), files, true)
  const entry = (key: typeof CALL) => ({ key, bytes: text('bytes') })
  await run(
    putInOrder(home, [
      { folder: { home, kind: 'values' }, entries: [entry(CHILD), entry(PARENT)], mode: 'keep' },
      { folder: { home, kind: 'calls' }, entries: [entry(CALL)], mode: 'absent' },
    ]),
  )
  return done.slice(done.indexOf(`name ${CHILD}`))
}

test('children get their names before parents, and records once the names of their values are on the disk', async () => {
  const done = await commit()
  const synced = process.platform === 'win32' ? [] : ['sync ff', 'sync 00']
  expect(done).toEqual([
    `name ${CHILD}`,
    `name ${PARENT}`,
    ...synced,
    `name ${CALL}`,
    ...(process.platform === 'win32' ? [] : ['sync ca']),
  ])
})
