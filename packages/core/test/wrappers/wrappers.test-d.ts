import {
  type Around,
  type Backend,
  type CallIndex,
  intercept,
  type MaybePromise,
  memoryStore,
  type Operation,
  perKeyLock,
  readOnly,
  type Store,
  type SyncAround,
  type SyncBackend,
  type SyncCallIndex,
  type SyncStore,
  serializing,
  voidStore,
} from '@riposte/core'
import { expectTypeOf, test } from 'vitest'

declare const syncIndex: SyncCallIndex
declare const index: CallIndex
declare const backend: Backend
declare const store: Store
declare const syncAround: SyncAround
declare const around: Around
const asyncAround = async <T>(_operation: Operation, next: () => MaybePromise<T>): Promise<T> => next()

test('the stores of core answer now', () => {
  expectTypeOf(memoryStore()).toEqualTypeOf<SyncStore>()
  expectTypeOf(voidStore()).toEqualTypeOf<SyncStore>()
})

test('what answers now inside and around answers now', () => {
  expectTypeOf(intercept(memoryStore(), syncAround)).toEqualTypeOf<SyncStore>()
  expectTypeOf(intercept(memoryStore(), (_operation, next) => next())).toEqualTypeOf<SyncStore>()
  expectTypeOf(intercept(memoryStore().values, syncAround)).toEqualTypeOf<SyncBackend>()
  expectTypeOf(intercept(syncIndex, syncAround)).toEqualTypeOf<SyncCallIndex>()
})

test('what answers later on either side answers later', () => {
  expectTypeOf(intercept(memoryStore(), around)).toEqualTypeOf<Store>()
  expectTypeOf(intercept(memoryStore(), asyncAround)).toEqualTypeOf<Store>()
  expectTypeOf(intercept(memoryStore(), async (_operation, next) => next())).toEqualTypeOf<Store>()
  expectTypeOf(intercept(memoryStore().values, around)).toEqualTypeOf<Backend>()
  expectTypeOf(intercept(store, syncAround)).toEqualTypeOf<Store>()
  expectTypeOf(intercept(backend, syncAround)).toEqualTypeOf<Backend>()
  expectTypeOf(intercept(syncIndex, around)).toEqualTypeOf<CallIndex>()
  expectTypeOf(intercept(index, syncAround)).toEqualTypeOf<CallIndex>()
})

test('a lock makes a store answer later', () => {
  expectTypeOf(perKeyLock(memoryStore())).toEqualTypeOf<Store>()
  expectTypeOf(perKeyLock(memoryStore().values)).toEqualTypeOf<Backend>()
  expectTypeOf(perKeyLock(syncIndex)).toEqualTypeOf<CallIndex>()
  expectTypeOf(serializing(memoryStore())).toEqualTypeOf<Store>()
  expectTypeOf(serializing(memoryStore().values)).toEqualTypeOf<Backend>()
  expectTypeOf(serializing(index)).toEqualTypeOf<CallIndex>()
})

test('read-only changes no type', () => {
  expectTypeOf(readOnly(memoryStore())).toEqualTypeOf<SyncStore>()
  expectTypeOf(readOnly(store)).toEqualTypeOf<Store>()
  expectTypeOf(readOnly(memoryStore().values)).toEqualTypeOf<SyncBackend>()
  expectTypeOf(readOnly(backend)).toEqualTypeOf<Backend>()
  expectTypeOf(readOnly(syncIndex)).toEqualTypeOf<SyncCallIndex>()
  expectTypeOf(readOnly(index)).toEqualTypeOf<CallIndex>()
})
