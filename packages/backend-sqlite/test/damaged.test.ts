import { closeSync, openSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { createCache } from '@riposte/core'
import Database from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
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

describe('an entry whose bytes are gone', () => {
  /** A store of two entries of each kind, of which the first are without their bytes. */
  function halved(name: string) {
    const file = join(folder, name)
    const store = sqliteStore(file)
    store.commit({ values: [entryOf(1), entryOf(2)], calls: [callOf(1), callOf(2)], mode: 'absent' })
    const database = new Database(file)
    database.exec('DELETE FROM value_bytes_v3 WHERE id = 1; DELETE FROM call_bytes_v3 WHERE id = 1')
    database.close()
    return store
  }

  test('is absent to whoever asks', () => {
    const { values, calls } = halved('asked.db')
    for (const backend of [values, calls]) {
      expect(backend.get([keyOf(1), keyOf(2)])).toEqual(
        [undefined, entryOf(2).bytes].map(one => one && new Uint8Array(one)),
      )
      expect(backend.get([keyOf(1)], { upTo: 4 })).toEqual([undefined])
      expect(backend.has([keyOf(1), keyOf(2)])).toEqual([false, true])
      expect(backend.touch([keyOf(1), keyOf(2)])).toEqual([false, true])
    }
  })

  test.each(['keep', 'absent', 'replace'] as const)('is whole again once it is put with %s', mode => {
    const store = halved(`${mode}.db`)
    const bytes = Buffer.from('other bytes')
    expect(store.values.put([entryOf(1, bytes)], mode)).toEqual([undefined])
    expect(store.calls.put([{ ...callOf(1), bytes }], mode)).toEqual([undefined])
    for (const backend of [store.values, store.calls]) {
      expect(backend.get([keyOf(1)])).toEqual([new Uint8Array(bytes)])
      expect(backend.summarize()).toMatchObject({ entries: 2, bytes: bytes.length + entryOf(2).bytes.length })
    }
    expect([...store.calls.find({ where: [] })].map(({ key }) => key).sort()).toEqual([keyOf(1), keyOf(2)].sort())
  })

  test('is removed by delete', () => {
    const { values, calls } = halved('removed.db')
    for (const backend of [values, calls]) {
      expect(backend.delete([{ key: keyOf(1) }])).toBe(1)
      expect([...backend.list()].map(({ key }) => key)).toEqual([keyOf(2)])
      expect(backend.put([backend === calls ? callOf(1) : entryOf(1)], 'absent')).toEqual([undefined])
      expect(backend.has([keyOf(1)])).toEqual([true])
    }
  })

  test('is told of by fsck', async () => {
    await using cache = createCache(halved('told.db'))
    const { problems } = await cache.fsck()
    for (const place of ['values', 'calls']) {
      expect(problems).toContainEqual(expect.objectContaining({ kind: 'unserved', in: place, key: keyOf(1) }))
    }
  })
})
