import { describe, expect, test } from 'vitest'
import {
  type Batch,
  type BatchResult,
  compressed,
  digest,
  intercept,
  limited,
  type Store,
  signed,
  tiered,
  tracing,
} from '../../src/index.ts'
import { testStore } from '../support/test-store.ts'

const LEASE = { key: 'a', epoch: 1, token: '0123456789abcdef' }
const BATCH: Batch = {
  values: [{ key: digest('a'), bytes: new Uint8Array(80) }],
  calls: [],
  mode: 'absent',
  releases: [LEASE],
}

/** A store that ends leases with its commits, or one that cannot, and which leases it was to end. */
function ending(can: boolean): { readonly store: Store; readonly asked: unknown[] } {
  const inner = testStore()
  const asked: unknown[] = []
  const store: Store = {
    ...inner,
    commit(batch): BatchResult {
      asked.push(...(batch.releases ?? []))
      return { ...inner.commit(batch), released: can ? true : undefined }
    },
  }
  return { store, asked }
}

const wrappers: Record<string, (store: Store) => Store> = {
  compressed: store => compressed(store),
  intercept: store => intercept(store, (_operation, next) => next()),
  limited: store => limited(store, { bytes: 1_000_000 }),
  signed: store => signed(store, { keys: [new Uint8Array(32)] }),
  tiered: store => tiered([testStore(), store]),
  tracing: store => tracing(store, { onOperation: () => {} }),
}

describe.each(Object.entries(wrappers))('%s', (_name, wrap) => {
  test.each([true, false])('leases are shared with other processes if those of the store below are: %s', shared => {
    const inner = testStore()
    const store = { ...inner, leases: inner.leases && { ...inner.leases, shared } }
    expect(wrap(store).leases?.shared).toBe(shared)
  })

  test.each([true, false])('a commit ends leases if that of the store below does: %s', async can => {
    const { store, asked } = ending(can)
    const wrapped = wrap(store)
    expect(wrapped.leases).toBeDefined()
    expect((await wrapped.commit(BATCH)).released === true).toBe(can)
    expect(asked).toEqual([LEASE])
  })
})
