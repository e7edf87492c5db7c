import {
  type CallIndex,
  type CallTerms,
  compareInOrder,
  type Digest,
  matchesTerms,
  memoryStore,
  placeInOrder,
} from '@riposte/core'

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
    *find({ where, order, after, limit = Number.POSITIVE_INFINITY }) {
      // What is next is looked for anew each time, since others write meanwhile.
      let place = after
      for (let given = 0; given < limit; given++) {
        const next = Array.from(inner.list(), ({ key }) => key)
          .flatMap(key => {
            const has = terms.get(key)
            return has === undefined || !matchesTerms(has, where) ? [] : [placeInOrder(key, has, order)]
          })
          .filter(one => place === undefined || compareInOrder(one, place, order) > 0)
          .sort((a, b) => compareInOrder(a, b, order))[0]
        const [bytes] = next === undefined ? [] : inner.get([next.key])
        if (next === undefined || bytes === undefined) return
        place = next
        yield { bytes, ...next }
      }
    },
    now: () => inner.now(),
    close: () => inner.close(),
  }
}
