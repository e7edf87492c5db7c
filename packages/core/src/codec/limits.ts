/** Bounds on what one decode may build, so that hostile or exponentially shared data is an error, not an exhausted heap. */
export interface DecodeLimits {
  /** Values, counted with every copy of a shared part. */
  readonly items: number
  /** Bytes of the payloads read, counted with every copy of a shared part. */
  readonly bytes: number
  /** Levels of nesting. */
  readonly depth: number
}

export const DEFAULT_LIMITS: DecodeLimits = { items: 100_000_000, bytes: 4 * 2 ** 30, depth: 10_000_000 }
