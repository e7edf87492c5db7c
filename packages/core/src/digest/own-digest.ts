import type { Digest } from './address.ts'

/**
 * The key of a method that gives an object or function its digest where it need not be stored:
 * `{ [digestOf]() { return digest(['my kind', this.id]) } }`. Shared by all installed copies of Riposte.
 */
export const digestOf: unique symbol = Symbol.for('riposte.digestOf')

export interface HasOwnDigest {
  [digestOf](): Digest
}

/** Whether a value says to have a digest of its own. */
export function hasOwnDigest(value: object): value is { [digestOf](): unknown } {
  return digestOf in value && typeof value[digestOf] === 'function'
}
