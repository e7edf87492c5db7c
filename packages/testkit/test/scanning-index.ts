import { type CallIndex, type CallTerms, type Digest, matchesTerms, memoryStore } from '@riposte/core'

/** A call index that scans: a memory backend, and a map of terms beside it. Slow, and right. */
export function scanningIndex(terms: Map<Digest, CallTerms> = new Map()): CallIndex {
  const inner = memoryStore().calls
  return {
    get: (keys, options) => inner.get(keys, options),
    put(entries, mode) {
      // One by one: of two entries under one key the terms of the one that stays count.
      return entries.flatMap(entry => {
        const answers = inner.put([entry], mode)
        if (answers[0] === undefined) {
          if ('terms' in entry) terms.set(entry.key, structuredClone(entry.terms))
          else terms.delete(entry.key)
        }
        return answers
      })
    },
    touch: keys => inner.touch(keys),
    has: keys => inner.has(keys),
    delete(removals) {
      const removed = inner.delete(removals)
      for (const { key } of removals) if (!inner.has([key])[0]) terms.delete(key)
      return removed
    },
    list: options => inner.list(options),
    *find({ where }) {
      for (const { key } of inner.list()) {
        const has = terms.get(key)
        const [bytes] = inner.get([key])
        if (has !== undefined && bytes !== undefined && matchesTerms(has, where)) yield { key, bytes }
      }
    },
    now: () => inner.now(),
    close: () => inner.close(),
  }
}
