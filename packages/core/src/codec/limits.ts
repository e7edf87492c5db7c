import { RiposteError } from '../errors.ts'

/**
 * Bounds on what one decode may build, so that hostile or exponentially shared data is an error, not an exhausted heap.
 *
 * What a refusal costs is in proportion to the bytes that were read, measured on Node 20:
 *
 * - Payloads above 64 KiB are looked through before anything is built: 1 to 25 ns a byte and no heap for what is cut
 *   short, miscounted, too deep, of an unknown tag or followed by more (a million levels 10 ms, a million keys 15 ms); 25 ns
 *   a byte and 16 bytes a key outside the heap for a name that stands twice in an object of a million (200 ms).
 * - What an item means is told when it is built: text that is not UTF-8, a tag over content of another kind. That costs
 *   no more than the sound payload before it: 50 to 1,000 ns and 130 bytes of heap a byte at worst, for one of nothing but levels or
 *   empty objects.
 * - Copies of shared parts are counted when a value has read 1 MiB and meets a part again: 10 ns for each item of its
 *   entries, however many they stand for (thirty nested pairs 30 ms).
 */
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

/** What is thrown for a value that goes beyond a bound. */
export function tooMuch(limit: keyof DecodeLimits, limits: DecodeLimits): RiposteError<'ERR_LIMIT'> {
  const bound = limits[limit]
  return new RiposteError('ERR_LIMIT', `the value is too large to load: more than ${bound} ${limit}`, { limit, bound })
}
