import { INSPECT } from '#host'
import type { Digest } from './digest/address.ts'
import { asDigest } from './digest/address.ts'
import { shortDigest } from './digest/short-digest.ts'

declare const refBrand: unique symbol

/** Stands for the stored value of a digest, wherever that value could stand. */
export interface Ref<out T = unknown> {
  readonly digest: Digest<T>
  readonly [refBrand]: T
}

class Reference {
  readonly digest: Digest
  constructor(digest: Digest) {
    this.digest = digest
    Object.freeze(this)
  }

  [INSPECT](): string {
    return `Ref ${shortDigest(this.digest)}`
  }
}

/**
 * A reference to the value with this digest. It digests like the value itself, without loading it.
 * Saves and memoized calls check that the value is stored.
 *
 * @throws {TypeError} when `digest` is not 64 lower-case hex digits
 */
export function ref<T>(digest: Digest<T>): Ref<T> {
  const made = new Reference(asDigest(digest))
  anyMade = true
  // The brand exists for the compiler only.
  return made as unknown as Ref<T>
}

let anyMade = false
let met = 0

/** Whether there can be a `ref` at all: until one is made, nothing need be searched for them. */
export function anyReferences(): boolean {
  return anyMade
}

/** How many `ref`s walks over values have met so far: a value during whose digest this stays as it is holds none. */
export function referencesMet(): number {
  return met
}

/** For the walk. */
export function noteReference(): void {
  met += 1
}

export function isRef(value: unknown): value is Ref {
  return value instanceof Reference
}
