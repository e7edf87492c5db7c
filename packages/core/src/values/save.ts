import type { Inside } from '../cache/inside.ts'
import { encodeValue } from '../codec/encode-value.ts'
import type { Digest } from '../digest/address.ts'
import { type Steps, wait } from '../flow.ts'
import { checkClaims } from './claims.ts'
import { addressesOf, sealValue } from './sealed-value.ts'
import { settle } from './settle.ts'
import { WrittenBatch } from './written.ts'

/** Stores values in one batch. They are encoded before the first step that may wait. */
export function* saveValues(
  inside: Inside,
  values: readonly unknown[],
  saved?: (digests: readonly Digest[]) => Steps<void>,
): Steps<readonly Digest[]> {
  const sealed = values.map(value => sealValue(encodeValue(value, inside)))
  const digests = sealed.map(({ value }) => value.digest)
  const flight = inside.saves.begin(sealed.flatMap(addressesOf))
  try {
    yield* checkClaims(
      inside,
      sealed.flatMap(({ value }) => value.claims),
    )
    const written = new WrittenBatch(sealed)
    written.record(yield* wait(inside.store.values.put(written.entries, 'keep')))
    // Nobody names the form of a value that is saved by itself: its digest stands for the first.
    for (const value of sealed) yield* settle(inside, value, written, flight, { rootKept: true })
    if (saved !== undefined) yield* saved(digests)
    return digests
  } finally {
    flight.end()
  }
}
