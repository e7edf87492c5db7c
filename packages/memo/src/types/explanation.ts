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
  toString(): string
}

export type MissReason =
  /** Nothing of the name is recorded that this call could be compared with. A call that was evicted leaves no trace. */
  | 'never called'
  | 'arguments'
  | 'version'
  /** Other source text, with `code: 'body'`. */
  | 'code'
  | 'env'
  | 'deps'
  | 'expired'
  /** Its record or its result was damaged, or its result was gone. */
  | 'corrupt'

export interface Difference {
  /** An argument by its declared name or position, and where in it: `options.days`. */
  readonly path: string
  /** Of what stands there on record; `undefined` where nothing does. */
  readonly recorded: Digest | undefined
  /** Of what stands there in this call; `undefined` where nothing does. */
  readonly asked: Digest | undefined
}
