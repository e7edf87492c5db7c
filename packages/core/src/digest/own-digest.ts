import type { Digest } from './address.ts'

/**
 * The key of a method that gives an object or function its digest where it need not be stored:
 * `{ [digestOf]() { return digest(['my kind', this.id]) } }`. Shared by all installed copies of Riposte.
 */
export const digestOf: unique symbol = Symbol.for('riposte.digestOf')

export interface HasOwnDigest {
  [digestOf](): Digest
}
