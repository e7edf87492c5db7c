/** What is said of calls whose record, or whose result, was taken away. */
import type { CallDigest, Digest, Eviction, EvictionCause } from '@riposte/core'
import { short } from './explanation-text.ts'
import { pastMoment } from './past-moment.ts'

/** The reason in words, and what can be done about it. */
export interface EvictionText {
  readonly because: string
  readonly remedy: string
}

const BY_ITSELF =
  "the next call computes it again; `cache.values.evict` takes a value from every call that needs it, a function's `evict` only the call"

const TEXTS: { readonly [C in EvictionCause]: { readonly by: string; readonly remedy: string } } = {
  evict: {
    by: 'by its digest, its arguments or a query',
    remedy: 'the next call computes it again; if it was to stay, look for who calls `evict` or `transform`',
  },
  limit: {
    by: 'by a limit of the cache or of its store',
    remedy: 'to keep more calls, raise the bounds of `cache.limit` or `limited`',
  },
  result: { by: 'because its result was gone: evicted by itself, or lost', remedy: BY_ITSELF },
}

export function evictedText(call: CallDigest, { cause, at }: Eviction): EvictionText {
  const { by, remedy } = TEXTS[cause]
  return { because: `its record ${short(call)} was evicted at ${pastMoment(at)}, ${by}`, remedy }
}

/** Of a record that stands. */
export function goneText(part: Digest): EvictionText {
  const because = `its record stands, but the result is gone: ${short(part)} was evicted by itself, or lost`
  return { because, remedy: BY_ITSELF }
}
