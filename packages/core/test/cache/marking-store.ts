import { type Digest, memoryStore, type SyncMarkingBackend, type SyncStore } from '../../src/index.ts'

/** What became of a set that a store kept. */
interface KeptSet {
  size: number
  largestBatch: number
  dropped: boolean
}

/** A store that keeps marks, and tells what sets it made. */
export function markingStore(inner: SyncStore = memoryStore()): {
  readonly store: SyncStore & { readonly values: SyncMarkingBackend }
  readonly sets: readonly KeptSet[]
} {
  const sets: KeptSet[] = []
  const marks: SyncMarkingBackend['marks'] = () => {
    const keys = new Set<Digest>()
    const kept: KeptSet = { size: 0, largestBatch: 0, dropped: false }
    sets.push(kept)
    return {
      add(batch) {
        kept.largestBatch = Math.max(kept.largestBatch, batch.length)
        return batch.map(key => {
          const isNew = !keys.has(key)
          kept.size = keys.add(key).size
          return isNew
        })
      },
      has: batch => batch.map(key => keys.has(key)),
      drop() {
        kept.dropped = true
      },
    }
  }
  return { store: { ...inner, values: { ...inner.values, marks } }, sets }
}
