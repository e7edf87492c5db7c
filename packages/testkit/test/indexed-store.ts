import { memoryStore, type Store } from '@riposte/core'
import { scanningIndex } from './scanning-index.ts'

/** A memory store whose calls can be searched. */
export function indexedStore(): Store {
  const memory = memoryStore()
  const calls = scanningIndex()
  return {
    label: memory.label,
    values: memory.values,
    calls,
    refs: memory.refs,
    leases: memory.leases,
    commit: async batch => ({
      values: memory.values.put(batch.values, 'keep'),
      calls: await calls.put(batch.calls, batch.mode),
    }),
    async close() {
      memory.close()
      await calls.close()
    },
  }
}
