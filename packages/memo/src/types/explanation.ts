import type { CallDigest, Digest } from '@riposte/core'

/** What would happen if a call were made now, and why. As text, it is for people. */
export type Explanation = Hit | Miss

export interface Hit {
  readonly outcome: 'hit'
  readonly call: CallDigest
  toString(): string
}

export interface Miss {
  readonly outcome: 'miss'
  readonly reason: MissReason
  /** The recorded call that has most in common with this one. */
  readonly nearest?: CallDigest
  /** Where its arguments differ from those asked for. */
  readonly differences: readonly Difference[]
  /** When the record was evicted, in milliseconds since 1970, where that is the reason and it is known. */
  readonly evictedAt?: number
  toString(): string
}

export type MissReason =
  /** Nothing of the name is recorded that this call could be compared with. */
  | 'never called'
  | 'arguments'
  | 'version'
  /** Other source text, with `code: 'body'`. */
  | 'code'
  | 'env'
  | 'deps'
  /**
   * It was recorded, and the record was evicted: by name, by a query or by a limit. Stores remember some thousands of the
   * last evictions, for 30 days. Or its record stands (`nearest`), and its result is gone.
   */
  | 'evicted'
  | 'expired'
  /** Its record (`nearest`) or its result was damaged. */
  | 'corrupt'
  /** Its record (`nearest`) or its result was written by a later version, or through a wrapper that is missing here. It is left as it is. */
  | 'unknown format'

export interface Difference {
  /** An argument by its declared name or position, and where in it: `options.days`. */
  readonly path: string
  /** Of what stands there on record; `undefined` where nothing does. */
  readonly recorded: Digest | undefined
  /** Of what stands there in this call; `undefined` where nothing does. */
  readonly asked: Digest | undefined
}
