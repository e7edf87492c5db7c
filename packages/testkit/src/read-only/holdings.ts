import { createCache, type Digest, type Store } from '@riposte/core'
import { fail } from '../expect.ts'
import { listedKeys } from '../samples.ts'

/** What was written beneath a store that does not write: the bytes of each entry, by ascending keys. */
export interface Holdings {
  readonly values: ReadonlyMap<Digest, Uint8Array>
  readonly calls: ReadonlyMap<Digest, Uint8Array>
}

const CALLS = 24

/** Records calls with results of all sizes, and says what stands then. */
export async function fillWithCalls(store: Store): Promise<Holdings> {
  const { calls } = createCache(store, { hot: false })
  const identity = { namespace: '', name: 'conformance', version: undefined, conditions: [] } as const
  for (let n = 0; n < CALLS; n++) {
    await calls.commit(calls.prepare(identity, { values: [n], names: undefined }), `${n}`.repeat(1 + n * 400))
  }
  return { values: await contents(store.values), calls: await contents(store.calls) }
}

async function contents(backend: Store['values']): Promise<ReadonlyMap<Digest, Uint8Array>> {
  const keys = await listedKeys(backend)
  const found = await backend.get(keys)
  return new Map(keys.map((key, i) => [key, found[i] ?? fail(`what was written under ${key}`, 'bytes', undefined)]))
}
