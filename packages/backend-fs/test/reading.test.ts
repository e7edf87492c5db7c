import { closeSync, mkdirSync, openSync, renameSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { SMALL } from '../src/answers.ts'
import { fsStore } from '../src/index.ts'
import { directory } from './directory.ts'
import { hashed, keyFrom, text } from './samples.ts'

const KEY = keyFrom('3f6c')

/** As text, which is compared quicker than arrays are. */
const shown = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString('latin1')

describe.each([{}, { sync: true }])('fsStore(root, %o)', options => {
  async function open(...entries: ReturnType<typeof hashed>[]) {
    const root = await directory()
    const store = fsStore(root, options)
    await store.values.put([{ key: KEY, bytes: text('value') }, ...entries], 'keep')
    return { root, store }
  }

  test('an entry of any size is read whole and up to any byte, alone as among others', async () => {
    const sizes = [0, 1, SMALL - 1, SMALL, SMALL + 1, 3 * SMALL]
    const entries = sizes.map(size => hashed(new Uint8Array(size).map((_, i) => i + size)))
    const { store } = await open(...entries)
    const keys = entries.map(({ key }) => key)
    const bounds: readonly { upTo?: number }[] = [{}, ...sizes.map(upTo => ({ upTo }))]
    for (const bound of bounds) {
      const begun = entries.map(({ bytes }) => shown(bytes.slice(0, bound.upTo)))
      expect((await store.values.get(keys, bound)).map(shown)).toEqual(begun)
      const alone = []
      for (const key of keys) alone.push(...(await store.values.get([key], bound)))
      // Compared after all were read: no read changes what another one gave.
      expect(alone.map(shown)).toEqual(begun)
    }
  })

  test.each([1, 2])('an entry that a guarded removal has put aside is found by a read of %i', async count => {
    const { root, store } = await open()
    mkdirSync(join(root, 'v2/aside'))
    renameSync(join(root, 'v2/values/3f', KEY), join(root, `v2/aside/values.${KEY}.0`))
    const keys = [KEY, keyFrom('aa')].slice(0, count)
    expect(await store.values.get(keys)).toEqual([text('value'), undefined].slice(0, count))
  })

  test.each([1, 2])('a read of %i that fails says why', async count => {
    const { root, store } = await open()
    await rm(join(root, 'v2/values/3f'), { recursive: true })
    writeFileSync(join(root, 'v2/values/3f'), 'a file where a directory should be')
    const keys = [KEY, keyFrom('aa')].slice(0, count)
    await expect(async () => store.values.get(keys)).rejects.toMatchObject({
      code: 'ERR_BACKEND',
      details: { operation: 'get' },
      cause: { code: 'ENOTDIR' },
    })
  })

  test('a store that was removed while it was in use is an empty one', async () => {
    const { root, store } = await open()
    await rm(root, { recursive: true })
    expect(await store.values.get([KEY])).toEqual([undefined])
  })

  test('reads leave no file open', async () => {
    const { root, store } = await open()
    const path = join(root, 'riposte.json')
    const reads = 500
    const before = openSync(path, 'r')
    closeSync(before)
    for (let i = 0; i < reads; i++) await store.values.get([KEY])
    // The system gives the lowest number that is free. Some few may be in use by others, or just being closed.
    const after = openSync(path, 'r')
    closeSync(after)
    expect(after - before).toBeLessThan(reads / 2)
  })
})
