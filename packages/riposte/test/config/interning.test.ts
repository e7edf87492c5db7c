import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createCache, defaultCache, isRiposteError, memoryStore, openCache, openedFrom } from '../../src/index.ts'
import { folderWith, inFolder } from './folders.ts'

const caches = { a: { store: 'memory' }, b: { store: 'memory' } } as const
const folderOf = () => folderWith({ 'riposte.config.json': { default: 'a', caches } })
const open = (folder: string, name?: string) => inFolder(folder, () => openCache(name))

test('one name is one cache in the process, from wherever it is opened', () => {
  const folder = folderOf()
  const cache = open(folder, 'a')
  expect(open(join(folder, 'deep'), 'a')).toBe(cache)
  expect(open(folder)).toBe(cache)
  expect(inFolder(folder, () => openCache('a'), { RIPOSTE_CONFIG: join(folder, 'riposte.config.json') })).toBe(cache)
  expect(open(folder, 'b')).not.toBe(cache)
})

test('the same name in another file is another cache', () => {
  expect(open(folderOf(), 'a')).not.toBe(open(folderOf(), 'a'))
})

test('without a configuration it is one cache for each project', () => {
  const projects = [folderWith({ 'package.json': {} }), folderWith({ 'package.json': {} })] as const
  const cache = open(projects[0])
  expect(open(join(projects[0], 'src'))).toBe(cache)
  expect(open(projects[0], 'default')).toBe(cache)
  expect(open(projects[1])).not.toBe(cache)
})

test('a closed cache is opened anew, from the moment that its closing starts', async () => {
  const folder = folderOf()
  const first = open(folder, 'a')
  const closing = first.close()
  const second = open(folder, 'a')
  expect(second).not.toBe(first)
  await second.values.save(1)
  await closing
  await expect(first.values.save(1)).rejects.toSatisfy(error => isRiposteError(error, 'ERR_CLOSED'))
  // Closing twice takes nothing from the one that is open.
  await first.close()
  expect(open(folder, 'a')).toBe(second)
})

test('a cache that is disposed is opened anew', async () => {
  const folder = folderOf()
  let first: unknown
  {
    await using cache = open(folder, 'a')
    first = cache
  }
  expect(open(folder, 'a')).not.toBe(first)
})

test('the default cache is that of the first use, and opened anew once it is closed', async () => {
  const [one, other] = [folderOf(), folderOf()]
  const first = inFolder(one, defaultCache)
  expect(first).toBe(open(one, 'a'))
  expect(inFolder(other, defaultCache)).toBe(first)
  await first.close()
  expect(inFolder(other, defaultCache)).toBe(open(other, 'a'))
})

test('what a cache was opened from opens the same elsewhere', () => {
  const folder = folderWith({
    'riposte.config.json': {
      caches: {
        a: { store: 'fs', path: 'x', compressed: true, limit: { items: 3 }, hotFor: 1 },
        b: { store: 'tiered', tiers: ['c', 'a'], inlineBelow: 10 },
        c: { store: 'memory' },
        d: { store: 'pool', members: ['b', { store: 'sqlite', path: './y' }] },
      },
    },
  })
  for (const name of ['a', 'b', 'c', 'd']) {
    const cache = open(folder, name)
    const from = openedFrom(cache)
    expect(from).toMatchObject({ name, file: join(folder, 'riposte.config.json') })
    const elsewhere = folderWith({ 'package.json': { riposte: { caches: { [name]: from?.config } } } })
    const again = open(elsewhere, name)
    expect(again).not.toBe(cache)
    expect(again.store.label).toBe(cache.store.label)
    expect(openedFrom(again)?.config).toEqual(from?.config)
  }
})

test('a cache that needed no configuration says where it is, another nothing', async () => {
  const folder = folderWith({ 'package.json': {} })
  const cache = open(folder)
  const path = join(folder, '.cache', 'riposte', 'riposte.db')
  expect(openedFrom(cache)).toEqual({ name: 'default', file: undefined, config: { store: 'sqlite', path } })
  await cache.close()
  expect(openedFrom(cache)).toBeUndefined()
  expect(openedFrom(createCache(memoryStore()))).toBeUndefined()
})
