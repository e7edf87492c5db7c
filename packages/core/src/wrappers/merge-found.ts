import { compareInOrder } from '../matching/find-order.ts'
import type { FindOptions, FoundEntry } from '../ports/call-index.ts'
import { soundest } from './sound-reads.ts'
import { limitStream, mapStream, mergeStreams, type Stream } from './streams.ts'

/**
 * What to ask each of several indexes for, when what they find becomes one answer: any number may be the same in all.
 */
export function withoutLimit({ where, order, after }: FindOptions): FindOptions {
  return { where, order, after }
}

/**
 * What several indexes found, as one answer. A record that stands at different places in two of them appears at the
 * first.
 */
export function mergeFound(streams: readonly Stream<FoundEntry>[], { order, limit }: FindOptions): Stream<FoundEntry> {
  const merged = mergeStreams<FoundEntry>(streams, (a, b) => compareInOrder(a, b, order), soundest)
  if (order === undefined || order.by === 'key') return limitStream(merged, limit)
  const seen = new Set<string>()
  const once = mapStream(merged, entry => {
    if (seen.has(entry.key)) return undefined
    seen.add(entry.key)
    return entry
  })
  return limitStream(once, limit)
}
