import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type CacheConfig, openCache, openedFrom, type StoreConfig } from '../../src/index.ts'
import { folderWith, inFolder } from './folders.ts'

const amount = fc.nat()
const bytes = {
  signed: fc.constant({ env: 'KEYS' }),
  compressed: fc.oneof(fc.boolean(), fc.record({ above: amount, level: fc.nat(11) }, { requiredKeys: [] })),
}
// A limit bounds something, and stands around nothing that is read-only.
const around = fc.oneof(
  fc.record({ readOnly: fc.boolean() }, { requiredKeys: [] }),
  fc.record({ limit: fc.record({ items: amount, bytes: amount, policy: fc.constantFrom('lru', 'fifo') }) }),
)
const path = fc.constantFrom('x', './x/y', '../x', '/x', '~/x')
const engine = fc.oneof(
  fc.record({ store: fc.constant('memory'), ...bytes }, { requiredKeys: ['store'] }),
  fc.record(
    { store: fc.constant('sqlite'), path, durable: fc.boolean(), ...bytes },
    { requiredKeys: ['store', 'path'] },
  ),
  fc.record({ store: fc.constant('fs'), path, sync: fc.boolean(), ...bytes }, { requiredKeys: ['store', 'path'] }),
)
const { store } = fc.letrec<{ store: object; part: string | object }>(tie => {
  const parts = fc.array(tie('part'), { minLength: 1, maxLength: 3 })
  const with_ = (inner: fc.Arbitrary<object>) => fc.tuple(inner, around).map(([one, other]) => ({ ...one, ...other }))
  return {
    store: fc.oneof(
      { depthSize: 'small' },
      with_(engine),
      with_(fc.record({ store: fc.constant('tiered'), tiers: parts })),
      fc.record({ store: fc.constant('pool'), members: parts }),
    ),
    part: fc.oneof({ depthSize: 'small' }, fc.constant('other'), tie('store')),
  }
})
const options = fc.record(
  { inlineBelow: amount, hotFor: amount, hot: fc.oneof(fc.constant(false), fc.record({ entries: amount })) },
  { requiredKeys: [] },
)
// Made of fields that the types have, which `letrec` does not see.
const cache = fc.tuple(store, options).map(([one, more]) => ({ ...one, ...more }) as CacheConfig)
const other = store as fc.Arbitrary<StoreConfig>

test('what a cache was opened from opens the same from any other file', () => {
  const env = { KEYS: '1f'.repeat(32) }
  fc.assert(
    fc.property(cache, fc.string({ minLength: 1 }), other, (config, name, named) => {
      fc.pre(!JSON.stringify(named).includes('"other"') && name !== 'other')
      const folder = folderWith({ 'riposte.config.json': { caches: { [name]: config, other: named } } })
      const opened = inFolder(folder, () => openCache(name), env)
      const from = openedFrom(opened)
      const elsewhere = folderWith({
        'deep/package.json': { riposte: { default: name, caches: { [name]: from?.config } } },
      })
      const again = inFolder(`${elsewhere}/deep`, () => openCache(), env)
      expect(again.store.label).toBe(opened.store.label)
      expect(openedFrom(again)).toEqual({ ...from, file: `${elsewhere}/deep/package.json` })
    }),
  )
})
