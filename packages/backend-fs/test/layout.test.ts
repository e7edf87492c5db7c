import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { fsStore } from '../src/index.ts'
import { directory } from './directory.ts'
import { keyFrom, listed, text } from './samples.ts'
import { contents, tree } from './tree.ts'

const KEY = keyFrom('3f6c')
const CALL = keyFrom('ca11')

describe.each([{}, { sync: true }])('fsStore(root, %o)', options => {
  test('entries stand under their key, in a directory of its first two digits, and nothing else is left', async () => {
    const root = join(await directory(), 'a', 'b')
    const store = fsStore(root, options)
    await store.values.put([{ key: KEY, bytes: text('value') }], 'keep')
    await store.calls.put([{ key: CALL, bytes: text('old') }], 'absent')
    await store.calls.put([{ key: CALL, bytes: text('call') }], 'replace')
    await store.values.now()
    expect(contents(root)).toEqual({
      'CACHEDIR.TAG': expect.stringMatching(/^Signature: 8a477f597d28d172789f06886806bc55\n/),
      'riposte.json': '{"kind":"riposte-store","format":2}\n',
      [`v2/values/3f/${KEY}`]: 'value',
      [`v2/calls/ca/${CALL}`]: 'call',
    })
  })

  test('a named reference is one file that holds its name, and none when it is removed', async () => {
    const root = await directory()
    const refs = fsStore(root, options).refs!
    await refs.swap('a/b', undefined, KEY)
    await refs.swap('a/b', KEY, CALL)
    const paths = tree(root).filter(path => path.startsWith('v2/refs/') && !path.endsWith('/'))
    expect(paths).toEqual([expect.stringMatching(new RegExp(`^v2/refs/[0-9a-f]{64}/[0-9a-f-]{36}\\.${CALL}$`))])
    expect(readFileSync(join(root, paths[0]!), 'utf8')).toBe('"a/b"')
    await refs.swap('a/b', CALL, undefined)
    expect(tree(root)).toEqual(['CACHEDIR.TAG', 'riposte.json', 'v2/', 'v2/refs/', 'v2/tmp/'])
  })

  test('reading a store that does not exist makes nothing and finds nothing', async () => {
    const parent = await directory()
    const store = fsStore(join(parent, 'store'), options)
    expect(await store.values.get([KEY])).toEqual([undefined])
    expect(await store.values.has([KEY])).toEqual([false])
    expect(await store.values.touch([KEY])).toEqual([false])
    expect(await store.values.delete([{ key: KEY }, { key: CALL, touched: 1 }])).toBe(0)
    expect(await listed(store.calls.list())).toEqual([])
    expect(await store.refs!.read('name')).toBeUndefined()
    expect(await store.refs!.swap('name', undefined, undefined)).toBe(true)
    await store.close()
    expect(tree(parent)).toEqual([])
  })

  test('a store that another process makes meanwhile is found', async () => {
    const root = await directory()
    const reader = fsStore(root, options)
    expect(await reader.values.has([KEY])).toEqual([false])
    await fsStore(root).values.put([{ key: KEY, bytes: text('value') }], 'keep')
    expect(await reader.values.has([KEY])).toEqual([true])
  })

  test('a store that is removed while it is in use is made again, as a store', async () => {
    const root = join(await directory(), 'store')
    const store = fsStore(root, options)
    await store.values.put([{ key: KEY, bytes: text('old') }], 'keep')
    await rm(root, { recursive: true })
    expect(await store.values.get([KEY])).toEqual([undefined])
    expect(await store.values.put([{ key: KEY, bytes: text('new') }], 'keep')).toEqual([undefined])
    expect(await fsStore(root).values.get([KEY])).toEqual([text('new')])
    expect(contents(root)).toHaveProperty('CACHEDIR\\.TAG')
  })

  test('names that are not keys, and keys in the wrong directory, are not listed', async () => {
    const root = await directory()
    const store = fsStore(root, options)
    await store.values.put([{ key: KEY, bytes: text('value') }], 'keep')
    const values = join(root, 'v2/values')
    mkdirSync(join(values, '3F'))
    mkdirSync(join(values, '3f', keyFrom('3f6cd1')))
    mkdirSync(join(values, 'ff'))
    for (const path of ['note', 'ff/.DS_Store', '3f/note', `3f/${KEY}.tmp`, `3f/${keyFrom('40')}`])
      writeFileSync(join(values, path), 'foreign')
    expect((await listed(store.values.list())).map(({ key }) => key)).toEqual([KEY])
  })
})

test('the root is taken relative to the directory that was current when the store was made', async () => {
  const [parent, other] = [await directory(), await directory()]
  const before = process.cwd()
  try {
    process.chdir(parent)
    const store = fsStore('store', { sync: true })
    process.chdir(other)
    store.values.put([{ key: KEY, bytes: text('value') }], 'keep')
  } finally {
    process.chdir(before)
  }
  expect(tree(other)).toEqual([])
  expect(tree(parent)).toContain(`store/v2/values/3f/${KEY}`)
})

test.each([undefined, '', 1, null])('the root %o is a TypeError', root => {
  // A caller without types may pass anything.
  expect(() => fsStore(root as string)).toThrow(TypeError)
})
