import {
  type Backend,
  filtered,
  intercept,
  memoryStore,
  pool,
  RiposteError,
  readOnly,
  refreshing,
  type Store,
  tiered,
} from '@riposte/core'
import { backendConformance, readOnlyConformance } from '@riposte/testkit'
import { describe, expect, test } from 'vitest'
import { testStore } from '../../core/test/support/test-store.ts'
import { caseOf } from './case-of.ts'
import { indexedStore } from './indexed-store.ts'

const later = (store: Store): Store => intercept(store, async (_operation, next) => next())

/** Views by name, each over a store that is filled. */
const views: Readonly<Record<string, (filled: Store) => Store>> = {
  'a read-only store': readOnly,
  'a read-only store that answers later': filled => readOnly(later(filled)),
  'a filtered store': filled => filtered(filled, { name: 'conformance' }),
  'a store filtered by a function': filled => filtered(later(filled), ({ name }) => name === 'conformance'),
  'a pool of one': filled => pool([filled]),
  'a pool of which the last has all': filled => pool([memoryStore(), later(memoryStore()), filled]),
  'a pool that answers later': filled => pool([later(filled), memoryStore()]),
  'read-only tiers': filled => tiered([readOnly(memoryStore()), readOnly(filled)]),
  'a view of a view': filled => filtered(pool([readOnly(filled)]), {}),
}

for (const [name, view] of Object.entries(views)) {
  describe.each([
    ['the store that is tested', () => testStore()],
    ['one whose calls can be searched', () => indexedStore()],
  ])(`${name}, over %s`, (_name, make) => {
    const open = async (fill: (store: Store) => Promise<void>): Promise<Store> => {
      const inner = make()
      await fill(inner)
      return view(inner)
    }
    for (const one of readOnlyConformance({ open })) test(one.name, one.run)
  })
}

describe('the values of a store that computes calls anew', () => {
  for (const one of backendConformance({ open: () => refreshing(testStore()).values })) test(one.name, one.run)
})

type Break = (backend: Backend) => Partial<Backend>
const broken: Readonly<Record<string, readonly [break_: Break, caughtBy: string]>> = {
  'answers in the order of the store': [
    ({ get }) => ({ get: async (asked, options) => get([...asked].sort(), options) }),
    'values: what stands beneath is got, in the order of the keys, each as often as it is asked for',
  ],
  'says that all is there': [
    () => ({ has: asked => asked.map(() => true) }),
    'values: what stands beneath is got, in the order of the keys, each as often as it is asked for',
  ],
  'gives too few first bytes': [
    ({ get }) => ({
      get: async (asked, options) =>
        (await get(asked, options)).map(bytes => (options?.upTo === undefined ? bytes : bytes?.subarray(0, 40))),
    }),
    'values: get up to some bytes gives at least so many first bytes, or all there are',
  ],
  'lists without regard to a prefix': [
    ({ list }) => ({ list: options => list({ after: options?.after }) }),
    'values: a prefix and what a listing begins after hold, alone and together',
  ],
  'lists from the start': [
    ({ list }) => ({ list: options => list({ prefix: options?.prefix }) }),
    'values: a listing may be left early, and two at once do not disturb each other',
  ],
  'says nothing of writes': [
    () => ({ put: entries => entries.map(() => undefined) }),
    'values: writes are ERR_REJECTED, also those of nothing, and change nothing',
  ],
  'writes when it refuses': [
    () => ({
      delete: () => {
        throw new RiposteError('ERR_CLOSED', 'closed', { what: 'store' })
      },
    }),
    'values: writes are ERR_REJECTED, also those of nothing, and change nothing',
  ],
  'does not close': [
    () => ({ close: () => {} }),
    'values: reads after close are ERR_CLOSED, and a second close does nothing',
  ],
}

test.each(Object.entries(broken))('a view that %s is caught', async (_name, [break_, caughtBy]) => {
  const open = async (fill: (store: Store) => Promise<void>): Promise<Store> => {
    const inner = memoryStore()
    await fill(inner)
    const view = readOnly(inner)
    return { ...view, values: { ...view.values, ...break_(view.values) } }
  }
  await expect(caseOf(readOnlyConformance({ open }), caughtBy).run()).rejects.toThrow()
})

test('a store that is not filled, and one that writes, are told', async () => {
  const [first] = readOnlyConformance({ open: () => readOnly(memoryStore()) })
  await expect(first!.run()).rejects.toThrow('expected `open` to call `fill`')
  const open = async (fill: (store: Store) => Promise<void>): Promise<Store> => {
    const inner = memoryStore()
    await fill(inner)
    return inner
  }
  const cases = readOnlyConformance({ open })
  for (const name of [
    'calls: writes are ERR_REJECTED, also those of nothing, and change nothing',
    'store: it says that it is only read, and has a label for people',
    'store: a commit and a swap of a ref are ERR_REJECTED, and nobody can take a lease',
  ]) {
    await expect(caseOf(cases, name).run()).rejects.toThrow()
  }
})
