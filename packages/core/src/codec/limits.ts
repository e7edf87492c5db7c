/** Bounds on what one decode may build, so that hostile or exponentially shared data is an error, not an exhausted heap. */
export interface DecodeLimits {
  /** Values, counted with every copy of a shared part. */
  readonly items: number
  /** Values that are read again, since a part stands in several places: a few entries may stand for any number of them. */
  readonly copies: number
  /** Bytes of the payloads read, counted with every copy of a shared part. */
  readonly bytes: number
  /** Levels of nesting. */
  readonly depth: number
}

export const DEFAULT_LIMITS: DecodeLimits = {
  items: 100_000_000,
  // 170 bytes of heap each at worst: forty nested pairs ended a process with 4 GB at 100 million.
  copies: 10_000_000,
  bytes: 4 * 2 ** 30,
  depth: 10_000_000,
}
