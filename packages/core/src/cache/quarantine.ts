/**
 * What `repair` removed, kept for people to look at: as values of the store, each pinned under a name of its own. So it
 * works over whatever keeps named refs, through every wrapper, outlives the sweep, and goes with an `unpin`.
 */
import type { Digest } from '../digest/address.ts'
import { isDigest } from '../digest/address.ts'
import { isRiposteError, RiposteError } from '../errors.ts'
import { type MaybePromise, run } from '../flow.ts'
import type { Inside } from '../inside/inside.ts'
import { shownValue } from '../shown-value.ts'
import { loadValue } from '../values/load.ts'
import { PIN_PREFIX, setPin } from '../values/pins.ts'
import { saveValues } from '../values/save.ts'
import type { FsckKind } from './fsck-types.ts'

/** An entry that was of no use, as it stood. */
export interface QuarantinedEntry {
  readonly in: 'values' | 'calls'
  readonly key: string
  readonly kind: FsckKind
  /** What was found wrong. */
  readonly reason: string
  /** The entry whole, as the store gave it. */
  readonly bytes: Uint8Array
}

/** An entry that the store keeps aside. */
export interface Quarantined extends QuarantinedEntry {
  /** `unpin(pin)` gives it up: the next sweep removes it. */
  readonly pin: string
}

/** Takes each entry before it is removed. What it throws ends the repair, and the entry stays. */
export type QuarantineSink = (entry: QuarantinedEntry) => MaybePromise<void>

/** Keeps an entry; gives the digest of the value that holds it, where there is one. */
export type KeepAside = (entry: QuarantinedEntry) => Promise<Digest | undefined>

const NAME = 'quarantine/'

/**
 * How entries are kept before they are removed.
 *
 * @throws {TypeError} when `quarantine` is not what it may be
 * @throws {RiposteError} `ERR_REJECTED` when they are to be kept in a store that keeps no named refs
 */
export function keeperOf(inside: Inside, quarantine: QuarantineSink | boolean): KeepAside {
  if (typeof quarantine === 'function') {
    return async entry => {
      await quarantine(entry)
      return undefined
    }
  }
  if (typeof quarantine !== 'boolean') {
    throw new TypeError(`expected quarantine as true, false or a function; got ${shownValue(quarantine)}`)
  }
  if (!quarantine) return async () => undefined
  const { refs, label } = inside.store
  if (refs === undefined) {
    throw new RiposteError(
      'ERR_REJECTED',
      `repair was refused: it keeps aside what it removes, and the store ${label} keeps no named refs; give quarantine a function that keeps entries, or false`,
      { operation: 'fsck' },
    )
  }
  return async entry => {
    const [digest] = await run(saveValues(inside, [entry], ([saved]) => setPin(inside, NAME + saved!, saved!)))
    return digest
  }
}

/** What the store keeps aside. What of it is damaged itself is passed over: `fsck` names that. */
export async function* listQuarantined(inside: Inside): AsyncGenerator<Quarantined, void, undefined> {
  inside.checkOpen()
  for await (const { name, value } of inside.store.refs?.list({ prefix: PIN_PREFIX + NAME }) ?? []) {
    const entry = isDigest(value) ? await loadSound(inside, value) : undefined
    if (isQuarantinedEntry(entry)) yield { pin: name.slice(PIN_PREFIX.length), ...entry }
    inside.checkOpen()
  }
}

async function loadSound(inside: Inside, digest: Digest): Promise<unknown> {
  try {
    return await run(loadValue(inside, digest))
  } catch (error) {
    if (isRiposteError(error, 'ERR_NOT_FOUND') || isRiposteError(error, 'ERR_CORRUPT')) return undefined
    throw error
  }
}

/** Anybody may use such a name for a pin of their own. */
function isQuarantinedEntry(value: unknown): value is QuarantinedEntry {
  // Whatever came is looked at member by member.
  const { in: place, key, kind, reason, bytes } = (value ?? {}) as Partial<QuarantinedEntry>
  return (
    (place === 'values' || place === 'calls') &&
    [key, kind, reason].every(text => typeof text === 'string') &&
    bytes instanceof Uint8Array
  )
}
