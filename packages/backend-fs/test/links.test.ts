import { mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { fsStore } from '../src/index.ts'
import { directory } from './directory.ts'
import { keyFrom, listed, text } from './samples.ts'
import { contents } from './tree.ts'

const KEY = keyFrom('3f6c')

/** Replaces a path in a store by a link to an outside directory that looks like what should stand there. */
async function plant(path: string): Promise<string> {
  const outside = await directory()
  for (const folder of ['.', '3f', 'values/3f', 'tmp']) {
    mkdirSync(join(outside, folder), { recursive: true })
    for (const name of [KEY, `values.${KEY}.0`]) {
      writeFileSync(join(outside, folder, name), 'outside')
      utimesSync(join(outside, folder, name), 1, 1)
    }
  }
  await rm(path, { recursive: true, force: true })
  mkdirSync(dirname(path), { recursive: true })
  symlinkSync(outside, path)
  return outside
}

describe.each([{}, { sync: true }])('fsStore(root, %o)', options => {
  describe.each(['v2', 'v2/values', 'v2/values/3f'])('a link planted at %s', planted => {
    test.each(['keep', 'absent', 'replace'] as const)('is not written through by put %s', async mode => {
      const { store, outside } = await open()
      const before = contents(outside)
      await expect(async () => store.values.put([{ key: KEY, bytes: text('new') }], mode)).rejects.toMatchObject({
        code: 'ERR_BACKEND',
      })
      expect(contents(outside)).toEqual(before)
    })

    test('is not touched or removed through', async () => {
      const { store, outside } = await open()
      const before = contents(outside)
      await expect(async () => store.values.touch([KEY])).rejects.toMatchObject({ code: 'ERR_BACKEND' })
      for (const touched of [undefined, 1]) {
        await expect(async () => store.values.delete([{ key: KEY, touched }])).rejects.toMatchObject({
          code: 'ERR_BACKEND',
        })
      }
      expect(contents(outside)).toEqual(before)
    })

    async function open() {
      const root = await directory()
      const store = fsStore(root, options)
      await store.values.put([{ key: KEY, bytes: text('value') }], 'keep')
      return { store, outside: await plant(join(root, planted)) }
    }
  })

  test.each(['v2/refs', 'v2/tmp', 'v2/aside'])('nothing is written through a link planted at %s', async planted => {
    const root = await directory()
    const first = fsStore(root, options)
    await first.values.put([{ key: KEY, bytes: text('value') }], 'keep')
    const touched = (await listed(first.values.list()))[0]?.touched
    const outside = await plant(join(root, planted))
    const before = contents(outside)
    const store = fsStore(root, options)
    const attempts = [
      async () => store.refs!.swap('name', undefined, KEY),
      async () => store.values.put([{ key: keyFrom('aa'), bytes: text('new') }], 'keep'),
      async () => store.values.delete([{ key: KEY, touched }]),
    ]
    const outcomes = await Promise.allSettled(attempts.map(attempt => attempt()))
    expect(outcomes.filter(({ status }) => status === 'rejected')).not.toEqual([])
    expect(contents(outside)).toEqual(before)
  })

  describe('a link planted in place of an entry', () => {
    async function open() {
      const root = await directory()
      const outside = join(await directory(), 'file')
      writeFileSync(outside, 'outside')
      const store = fsStore(root, options)
      await store.values.put([{ key: keyFrom('3f6c01'), bytes: text('other') }], 'keep')
      symlinkSync(outside, join(root, 'v2/values/3f', KEY))
      return { store, root, outside }
    }

    test('is no entry', async () => {
      const { store } = await open()
      expect(await store.values.get([KEY])).toEqual([undefined])
      expect(await store.values.has([KEY])).toEqual([false])
      expect(await store.values.touch([KEY])).toEqual([false])
      expect((await listed(store.values.list())).map(({ key }) => key)).toEqual([keyFrom('3f6c01')])
    })

    test('ends no search, where the entry itself was put aside by a removal that did not end', async () => {
      const { store, root } = await open()
      mkdirSync(join(root, 'v2/aside'), { recursive: true })
      writeFileSync(join(root, `v2/aside/values.${KEY}.0`), 'value')
      expect(await store.values.get([KEY])).toEqual([text('value')])
      expect(await store.values.touch([KEY])).toEqual([false])
      expect(await store.values.put([{ key: KEY, bytes: text('value') }], 'keep')).toEqual([undefined])
      expect(await store.values.touch([KEY])).toEqual([true])
    })

    test.each(['keep', 'absent', 'replace'] as const)('is replaced by put %s', async mode => {
      const { store, outside } = await open()
      expect(await store.values.put([{ key: KEY, bytes: text('value') }], mode)).toEqual([undefined])
      expect(await store.values.get([KEY])).toEqual([text('value')])
      expect(contents(dirname(outside))).toEqual({ file: 'outside' })
    })

    test('is removed, not followed, by delete', async () => {
      const { store, outside } = await open()
      await store.values.delete([{ key: KEY }])
      expect(contents(dirname(outside))).toEqual({ file: 'outside' })
      expect(await store.values.put([{ key: KEY, bytes: text('value') }], 'absent')).toEqual([undefined])
    })
  })

  test('the root itself may be a link', async () => {
    const parent = await directory()
    mkdirSync(join(parent, 'real'))
    symlinkSync(join(parent, 'real'), join(parent, 'link'))
    await fsStore(join(parent, 'link'), options).values.put([{ key: KEY, bytes: text('value') }], 'keep')
    expect(await fsStore(join(parent, 'real'), options).values.get([KEY])).toEqual([text('value')])
  })
})
