import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, expectTypeOf, test } from 'vitest'
import {
  type CacheConfig,
  type Config,
  createCache,
  createRegistry,
  defineConfig,
  isRiposteError,
  memoryStore,
  openCache,
  signed,
  sqliteStore,
} from '../../src/index.ts'
import { folderWith, inFolder } from './folders.ts'

const keys = ['1f'.repeat(32), '2e'.repeat(32)] as const
const open = (folder: string, name: string, env = {}) => inFolder(folder, () => openCache(name), env)
const folderOf = (caches: Readonly<Record<string, CacheConfig>>) => folderWith({ 'riposte.config.json': { caches } })

test.each<[CacheConfig, string]>([
  [{ store: 'memory' }, 'memory'],
  [{ store: 'sqlite', path: ':memory:' }, 'sqlite::memory:'],
  [{ store: 'sqlite', path: 'x.db', durable: true }, 'sqlite:<folder>/x.db'],
  [{ store: 'fs', path: '../up', durable: true, sync: true }, 'fs:<up>/up'],
  [{ store: 'fs', path: 'x', readOnly: true, compressed: false }, 'fs:<folder>/x'],
  [{ store: 'memory', limit: { items: 9 } }, 'limited(memory)'],
  [
    { store: 'memory', signed: { env: 'KEYS' }, compressed: { above: 9 }, limit: { bytes: 9, policy: 'lfu' } },
    'limited(compressed(signed(memory)))',
  ],
  [
    { store: 'tiered', tiers: ['other', { store: 'fs', path: 'x', compressed: true }], limit: { age: 9 } },
    'limited(tiered(limited(memory), compressed(fs:<folder>/x)))',
  ],
  [{ store: 'pool', members: ['other', 'tiers'] }, 'pool(limited(memory), tiered(memory))'],
])('%j is %s', (config, label) => {
  const folder = folderOf({
    local: config,
    other: { store: 'memory', limit: { items: 1 }, hot: false, inlineBelow: 0 },
    tiers: { store: 'tiered', tiers: [{ store: 'memory' }] },
  })
  const expected = label.replace('<folder>', folder).replace('<up>', join(folder, '..'))
  expect(open(folder, 'local', { KEYS: keys.join(', ') }).store.label).toBe(expected)
})

test('the store is of its kind, and what is around it works', async () => {
  const folder = folderOf({
    local: { store: 'sqlite', path: 'x.db', compressed: true, signed: { env: 'KEYS' } },
    reader: { store: 'sqlite', path: 'x.db', compressed: true, signed: { env: 'KEYS' }, readOnly: true },
    few: { store: 'memory', limit: { items: 1 } },
  })
  await using local = open(folder, 'local', { KEYS: keys[1] })
  const key = await local.values.save('x'.repeat(10_000))
  expect(existsSync(join(folder, 'x.db'))).toBe(true)

  await using reader = open(folder, 'reader', { KEYS: keys.join() })
  expect(await reader.values.load(key)).toHaveLength(10_000)
  await expect(reader.values.save(1)).rejects.toSatisfy(error => isRiposteError(error, 'ERR_REJECTED'))
  await using plain = createCache(sqliteStore(join(folder, 'x.db')))
  expect((await plain.stats()).values.bytes).toBeLessThan(1000)
  await using others = createCache(signed(sqliteStore(join(folder, 'x.db')), { keys: [keys[0]], onRejected() {} }))
  await expect(others.values.load(key)).rejects.toSatisfy(error => isRiposteError(error))

  await using few = open(folder, 'few')
  for (const value of [1, 2, 3]) await few.values.save(value)
  expect((await few.stats()).values.entries).toBe(1)
})

test('options of the cache are those of createCache', async () => {
  const long = 'x'.repeat(3000)
  const entries = async (config: CacheConfig) => {
    await using cache = open(folderOf({ local: config }), 'local')
    await cache.values.save([long])
    return (await cache.stats()).values.entries
  }
  expect(await entries({ store: 'memory' })).toBe(1)
  expect(await entries({ store: 'memory', inlineBelow: 100, hot: { entries: 1 }, hotFor: 1, duplicates: 'warn' })).toBe(
    2,
  )
})

test('a tier that names a cache is a store of its own: closing one leaves the other', async () => {
  const folder = folderOf({
    last: { store: 'sqlite', path: 'x.db' },
    both: { store: 'tiered', tiers: [{ store: 'memory' }, 'last'] },
  })
  await using last = open(folder, 'last')
  const both = open(folder, 'both')
  const key = await both.values.save('a value')
  await both.close()
  expect(await last.values.load(key)).toBe('a value')
})

test('the cache that needs no configuration can be a tier', () => {
  const folder = folderWith({
    'package.json': { riposte: { caches: { near: { store: 'tiered', tiers: [{ store: 'memory' }, 'default'] } } } },
  })
  expect(open(folder, 'near').store.label).toBe(
    `tiered(memory, sqlite:${join(folder, '.cache', 'riposte', 'riposte.db')})`,
  )
})

test('a module makes any store, anew whenever it is opened', async () => {
  const folder = folderWith({
    'riposte.config.ts': `
      import { memoryStore, type Store } from 'riposte'
      let made = 0
      const store = (): Store => ({ ...memoryStore(), label: 'made ' + (made += 1) })
      export default { caches: { own: { store, limit: { items: 5 } } } }`,
  })
  const labels = []
  for (const _ of [1, 2]) {
    await using cache = open(folder, 'own')
    labels.push(cache.store.label)
  }
  expect(labels).toEqual(['limited(made 1)', 'limited(made 2)'])
})

test('what a function throws instead of making a store is thrown', () => {
  const folder = folderWith({
    'riposte.config.ts': `export default { caches: { own: { store() { throw new RangeError('no key') } } } }`,
  })
  expect(() => open(folder, 'own')).toThrow(new RangeError('no key'))
})

test('defineConfig gives back what it is given, typed', () => {
  const config = { default: 'a', caches: { a: { store: 'memory' } } } as const
  expect(defineConfig(config)).toBe(config)
  expectTypeOf(defineConfig).parameter(0).toEqualTypeOf<Config>()
  defineConfig({
    root: true,
    caches: {
      a: { store: 'fs', path: 'x', sync: true, hot: false, registry: createRegistry() },
      b: { store: () => memoryStore(), compressed: true },
      c: { store: 'tiered', tiers: ['a', { store: 'memory', limit: { items: 10 } }] },
    },
  })
  // @ts-expect-error a file store has a path
  defineConfig({ caches: { a: { store: 'fs' } } })
  // @ts-expect-error memory has none
  defineConfig({ caches: { a: { store: 'memory', path: 'x' } } })
  // @ts-expect-error there is no such kind
  defineConfig({ caches: { a: { store: 'redis', path: 'x' } } })
  // @ts-expect-error what changes bytes stands around a tier
  defineConfig({ caches: { a: { store: 'tiered', tiers: ['b'], compressed: true } } })
})
