import type { Store, SyncStore } from '@riposte/core'
import { expectTypeOf, test } from 'vitest'
import { fsStore } from '../src/index.ts'

test('a store is synchronous, by type, only if it was asked to be', () => {
  expectTypeOf(fsStore('x', { sync: true })).toEqualTypeOf<SyncStore>()
  expectTypeOf(fsStore('x', { sync: true, durable: true })).toEqualTypeOf<SyncStore>()
  expectTypeOf(fsStore('x')).toEqualTypeOf<Store>()
  expectTypeOf(fsStore('x', { durable: true })).toEqualTypeOf<Store>()
  expectTypeOf(fsStore('x', { sync: false })).toEqualTypeOf<Store>()
})
