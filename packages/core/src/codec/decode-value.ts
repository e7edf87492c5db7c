import type { Registry } from '../registry/registry.ts'
import { Decoder } from './decoder.ts'
import type { DecodeLimits } from './limits.ts'
import type { Link } from './types.ts'

export { linksOf } from './links.ts'

export interface DecodeOptions {
  readonly registry: Registry
  /** The payload of a linked part. Without it, or where it gives none, a link becomes a `ref`. */
  readonly part?: (link: Link) => Uint8Array | undefined
  /** Leaves linked elements and properties as `ref`s, and asks for no parts but those without which their holder cannot be built. */
  readonly shallow?: boolean
  readonly limits?: DecodeLimits
}

/**
 * The value that a payload holds: fresh, sharing no memory with the payload.
 *
 * @throws {RiposteError} `ERR_CORRUPT` when the bytes are no stored form; `ERR_UNKNOWN_FORMAT` when they may be one that
 * this runtime cannot build; `ERR_LIMIT`; `ERR_UNKNOWN_CLASS`
 */
export function decodeValue(payload: Uint8Array, options: DecodeOptions): unknown {
  return new Decoder(options, payload).decode()
}
