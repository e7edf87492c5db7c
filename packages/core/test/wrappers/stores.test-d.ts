import {
  compressed,
  filtered,
  limited,
  memoryStore,
  pool,
  refreshing,
  type Store,
  type SyncStore,
  signed,
  tiered,
  tracing,
} from '@riposte/core'
import { expectTypeOf, test } from 'vitest'

declare const store: Store
const keys = ['ab'.repeat(32)]

test('over a store that answers now each answers now', () => {
  expectTypeOf(tiered([memoryStore(), memoryStore()])).toEqualTypeOf<SyncStore>()
  expectTypeOf(pool([memoryStore()])).toEqualTypeOf<SyncStore>()
  expectTypeOf(limited(memoryStore(), { items: 1 })).toEqualTypeOf<SyncStore>()
  expectTypeOf(signed(memoryStore(), { keys })).toEqualTypeOf<SyncStore>()
  expectTypeOf(compressed(memoryStore())).toEqualTypeOf<SyncStore>()
  expectTypeOf(tracing(memoryStore())).toEqualTypeOf<SyncStore>()
  expectTypeOf(filtered(memoryStore(), { name: 'f' })).toEqualTypeOf<SyncStore>()
  expectTypeOf(refreshing(memoryStore())).toEqualTypeOf<SyncStore>()
})

test('over one that may answer later each may, and one such tier or member is enough', () => {
  expectTypeOf(tiered([memoryStore(), store])).toEqualTypeOf<Store>()
  expectTypeOf(pool([memoryStore(), store])).toEqualTypeOf<Store>()
  expectTypeOf(limited(store, { items: 1 })).toEqualTypeOf<Store>()
  expectTypeOf(signed(store, { keys })).toEqualTypeOf<Store>()
  expectTypeOf(compressed(store)).toEqualTypeOf<Store>()
  expectTypeOf(tracing(store)).toEqualTypeOf<Store>()
  expectTypeOf(filtered(store, ({ name }) => name === 'f')).toEqualTypeOf<Store>()
  expectTypeOf(refreshing(store)).toEqualTypeOf<Store>()
})
