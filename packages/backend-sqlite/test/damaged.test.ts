import { closeSync, openSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { createCache } from '@riposte/core'
import { expect, test } from 'vitest'
import { sqliteStore } from '../src/index.ts'
import { callOf, entryOf, keyOf, thrownBy } from './samples.ts'
import { temporaryFolder } from './temporary.ts'

const folder = temporaryFolder()
const WAY_OUT = 'move the file aside (with its -wal and -shm), and a new one is made'

/** A store of which all but the header is overwritten. */
function damaged(name: string): string {
  const file = join(folder, name)
  const store = sqliteStore(file)
  for (let i = 0; i < 50; i += 1) {
    store.commit({ values: [entryOf(i, Buffer.alloc(3000, i))], calls: [callOf(i)], mode: 'absent' })
  }
  store.close()
  const descriptor = openSync(file, 'r+')
  const { size } = statSync(file)
  writeSync(descriptor, Buffer.alloc(size - 4096, 0xa5), 0, size - 4096, 4096)
  closeSync(descriptor)
  return file
}

test('of a malformed database, every use says the way out', async () => {
  const file = damaged('malformed.db')
  const store = sqliteStore(file)
  for (const use of [
    () => store.values.get([keyOf(1)]),
    () => store.values.put([entryOf('other')], 'keep'),
    () => [...store.values.list()],
    () => store.refs.read('ref'),
  ]) {
    const error = thrownBy(use)
    expect(error).toMatchObject({ code: 'ERR_BACKEND', cause: { code: expect.stringMatching(/^SQLITE_CORRUPT/) } })
    expect(error).toMatchObject({ message: expect.stringMatching(/ failed on .*malformed/) })
    expect(error).toMatchObject({ message: expect.stringContaining(WAY_OUT) })
  }
  store.close()
})

test('a repair of a malformed database fails with the way out', async () => {
  await using cache = createCache(sqliteStore(damaged('repair.db')))
  await expect(cache.fsck({ repair: true })).rejects.toMatchObject({
    code: 'ERR_BACKEND',
    message: expect.stringContaining(WAY_OUT),
  })
})
