import { encodeValue } from '../codec/encode-value.ts'
import { sameSeal } from '../codec/entry.ts'
import type { Digest } from '../digest/address.ts'
import { isRiposteError } from '../errors.ts'
import { chain, isPromise, type MaybePromise, run, type Steps, wait } from '../flow.ts'
import type { Inside } from '../inside/inside.ts'
import type { Flight } from '../inside/saves-in-flight.ts'
import { checkClaims } from './claims.ts'
import { addressesOf, type SealedValue, sealValue } from './sealed-value.ts'
import { settle } from './settle.ts'
import { WrittenBatch } from './written.ts'

/** Sweeps that keep taking what is to be kept are given up on after so many rounds. */
const MAX_ROUNDS = 4

/** What a put of entries found in their places. */
type Stayed = readonly (Uint8Array | undefined)[]

/**
 * Stores values in one batch. They are encoded before the first step that may wait.
 *
 * @param saved - run when they are stored, and still kept from the sweep; where it finds some of them gone, by
 *   `ERR_FALSE_REFERENCE`, they are stored again, and it is run again
 */
export function saveValues(
  inside: Inside,
  values: readonly unknown[],
  saved?: (digests: readonly Digest[]) => Steps<void>,
): Steps<readonly Digest[]> {
  return saveSealed(
    inside,
    values.map(value => sealValue(encodeValue(value, inside))),
    saved,
  )
}

/** Stores a value. Takes no steps for a single entry in a store that answers now: they take 2 µs. */
export function saveValue(inside: Inside, value: unknown): MaybePromise<Digest> {
  const sealed = sealValue(encodeValue(value, inside))
  const { entries } = sealed
  const { digest, claims } = sealed.value
  const [entry] = entries
  if (entry === undefined || entries.length > 1 || claims.length > 0) {
    return chain(run(saveSealed(inside, [sealed])), () => digest)
  }
  const flight = inside.saves.begin([entry.key])
  let stayed: MaybePromise<Stayed>
  try {
    stayed = inside.store.values.put(entries, 'keep')
  } catch (error) {
    flight.end()
    throw error
  }
  if (!isPromise(stayed)) {
    const [standing] = stayed
    if (standing === undefined || sameSeal(standing, entry.bytes)) {
      flight.end()
      return digest
    }
  }
  return chain(run(settleOne(inside, sealed, stayed, flight)), () => digest)
}

/** As `saveValues`, of values that are encoded. */
export function* saveSealed(
  inside: Inside,
  sealed: readonly SealedValue[],
  saved?: (digests: readonly Digest[]) => Steps<void>,
): Steps<readonly Digest[]> {
  const digests = sealed.map(({ value }) => value.digest)
  const flight = inside.saves.begin(sealed.flatMap(addressesOf))
  try {
    yield* checkClaims(
      inside,
      sealed.flatMap(({ value }) => value.claims),
    )
    const written = new WrittenBatch(sealed)
    for (let round = 1; ; round += 1) {
      written.record(yield* wait(inside.store.values.put(written.entries, 'keep')))
      // Nobody names the form of a value that is saved by itself: its digest stands for the first.
      for (const value of sealed) yield* settle(inside, value, written, flight, { rootKept: true })
      if (saved === undefined) return digests
      try {
        yield* saved(digests)
        return digests
      } catch (error) {
        // Another process removed some of it before it was named: it is put again.
        if (round === MAX_ROUNDS || !isRiposteError(error, 'ERR_FALSE_REFERENCE')) throw error
      }
    }
  } finally {
    flight.end()
  }
}

function* settleOne(inside: Inside, sealed: SealedValue, stayed: MaybePromise<Stayed>, flight: Flight): Steps<void> {
  try {
    const written = new WrittenBatch([sealed])
    written.record(yield* wait(stayed))
    yield* settle(inside, sealed, written, flight, { rootKept: true })
  } finally {
    flight.end()
  }
}
