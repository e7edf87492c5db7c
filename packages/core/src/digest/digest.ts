import { defaultRegistry, type Registry } from '../registry/registry.ts'
import type { Digest } from './address.ts'
import { digestHex } from './encoder.ts'

export interface DigestOptions {
  /** Classes whose instances are told apart. The process-wide registry unless given. */
  readonly registry?: Registry
}

/**
 * The digest of a value: equal for two values exactly if `util.isDeepStrictEqual` holds between them, in any process.
 * The deviations are listed in `spec/digest.md`. Takes time linear in the size of the value.
 *
 * @throws {RiposteError} `ERR_UNDIGESTIBLE` or `ERR_CYCLIC`, naming the path to what has no digest; nothing was consumed
 */
export function digest<T>(value: T, options: DigestOptions = {}): Digest<T> {
  const registry = options.registry ?? defaultRegistry
  // The encoder gives SHA-256 as hex digits.
  return digestHex(value, registry) as Digest<T>
}
