import { existsSync, mkdirSync, renameSync, utimesSync, writeFileSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { keepsLeftovers } from '@riposte/core'
import { describe, expect, test } from 'vitest'
import { fsStore } from '../src/index.ts'
import { directory } from './directory.ts'
import { keyFrom, listed, text } from './samples.ts'
import { tree } from './tree.ts'

const KEY = keyFrom('3f6c')
const UNIQUE = '0b6ec1e6-41d0-4a61-9bdb-ec6f1e1f4a52'

describe.each([{}, { sync: true }])('fsStore(root, %o)', options => {
  /** A store whose one entry is where a guarded delete puts it before it decides. */
  async function withAside() {
    const root = await directory()
    const store = fsStore(root, options)
    await store.values.put([{ key: KEY, bytes: text('value') }], 'keep')
    const [path, aside] = [join(root, 'v2/values/3f', KEY), join(root, 'v2/aside', `values.${KEY}.${UNIQUE}`)]
    mkdirSync(join(root, 'v2/aside'))
    renameSync(path, aside)
    return { root, store, path, aside }
  }

  describe('an entry that stands aside', () => {
    test('is found by readers, under its kind only', async () => {
      const { store } = await withAside()
      const keys = [keyFrom('aa'), KEY, keyFrom('ab')]
      expect(await store.values.get(keys)).toEqual([undefined, text('value'), undefined])
      expect(await store.values.get(keys, { upTo: 2 })).toEqual([undefined, text('va'), undefined])
      expect(await store.values.has(keys)).toEqual([false, true, false])
      expect(await store.calls.has(keys)).toEqual([false, false, false])
    })

    test('is put back by touch', async () => {
      const { store, path } = await withAside()
      expect(await store.values.touch([KEY])).toEqual([true])
      expect(existsSync(path)).toBe(true)
    })

    test('is removed by delete', async () => {
      const { store } = await withAside()
      expect(await store.values.delete([{ key: KEY }])).toBe(1)
      expect(await store.values.get([KEY])).toEqual([undefined])
    })

    test('may be written again, which stands', async () => {
      const { root, store } = await withAside()
      expect(await store.values.put([{ key: KEY, bytes: text('new') }], 'absent')).toEqual([undefined])
      await sleep(1100)
      const later = fsStore(root, options)
      expect(await later.values.get([KEY])).toEqual([text('new')])
      expect(tree(join(root, 'v2/aside'))).toEqual([])
    })

    test('is put back at once by no opening, as its delete may be alive, but a second later by any', async () => {
      const { root, aside, path } = await withAside()
      await fsStore(root, options).values.has([KEY])
      expect(existsSync(aside)).toBe(true)
      await sleep(1100)
      const later = fsStore(root, options)
      expect((await listed(later.values.list())).map(({ key }) => key)).toEqual([KEY])
      expect([existsSync(aside), existsSync(path)]).toEqual([false, true])
    })
  })

  test('what opening would see to is named while the store is open, and cleared away when asked for', async () => {
    const { root, store, aside, path } = await withAside()
    if (!keepsLeftovers(store)) return expect.fail('files have leftovers')
    expect(await store.leftovers()).toEqual([])
    const old = join(root, 'v2/tmp/old')
    for (const name of ['old', 'young']) writeFileSync(join(root, 'v2/tmp', name), 'torn')
    utimesSync(old, new Date(), new Date(Date.now() - 7_200_000))
    await sleep(1100)
    expect(await store.leftovers()).toEqual([
      { name: join('v2/aside', basename(aside)), size: 5, touched: expect.any(Number) },
      { name: join('v2/tmp/old'), size: 4, touched: expect.any(Number) },
    ])
    await store.clearLeftovers()
    expect([existsSync(path), existsSync(aside), existsSync(old)]).toEqual([true, false, false])
    expect(existsSync(join(root, 'v2/tmp/young'))).toBe(true)
    expect(await store.leftovers()).toEqual([])
    const nothing = fsStore(join(root, 'nothing'), options)
    expect(keepsLeftovers(nothing) && (await nothing.leftovers())).toEqual([])
    await store.close()
    await expect(async () => store.leftovers()).rejects.toMatchObject({ code: 'ERR_CLOSED' })
    return undefined
  })

  test('opening removes what was being written an hour ago, and nothing younger', async () => {
    const root = await directory()
    await fsStore(root, options).values.put([{ key: KEY, bytes: text('value') }], 'keep')
    const temporary = join(root, 'v2/tmp')
    const draft = join(temporary, 'old-directory')
    mkdirSync(draft)
    for (const path of ['old', 'young', 'old-directory/file']) writeFileSync(join(temporary, path), 'torn')
    const twoHoursAgo = Date.now() / 1000 - 7200
    for (const path of ['old', 'old-directory']) utimesSync(join(temporary, path), twoHoursAgo, twoHoursAgo)
    const store = fsStore(root, options)
    expect((await listed(store.values.list())).map(({ key }) => key)).toEqual([KEY])
    expect(tree(temporary)).toEqual(['young'])
  })

  test('a writer whose file was taken for stale writes it again', async () => {
    const root = await directory()
    const store = fsStore(root, options)
    await store.values.now()
    // Removes every file that is being written as soon as it shows.
    let running = true
    const remover = (async () => {
      while (running) {
        for (const name of await readdir(join(root, 'v2/tmp'))) await rm(join(root, 'v2/tmp', name), { force: true })
      }
    })()
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, async (_, index) => {
        const key = keyFrom(index.toString(16).padStart(2, '0'))
        await store.values.put([{ key, bytes: text('value') }], 'keep')
        return key
      }),
    )
    running = false
    await remover
    for (const outcome of outcomes) {
      if (outcome.status === 'fulfilled') expect(await store.values.get([outcome.value])).toEqual([text('value')])
      else expect(outcome.reason).toMatchObject({ code: 'ERR_BACKEND' })
    }
  })
})
