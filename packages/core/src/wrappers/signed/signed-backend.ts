import type { Digest } from '../../digest/address.ts'
import { RiposteError } from '../../errors.ts'
import { chain, run, type Steps, wait } from '../../flow.ts'
import { removeIf } from '../../keys/removal.ts'
import { type Backend, type Entry, PREFIX_BYTES, type PutMode } from '../../ports/backend.ts'
import { type CallEntry, type CallIndex, isCallIndex } from '../../ports/call-index.ts'
import { evictionsOf } from '../../ports/evicting.ts'
import { withoutLimit } from '../merge-found.ts'
import { limitStream, mapStream } from '../streams.ts'
import {
  asForeign,
  bearsOneOf,
  FEWEST_READ,
  isSignedForm,
  MOST_ADDED,
  macsOf,
  type Side,
  signEntry,
  withoutMac,
} from './signed-form.ts'

/** An entry that was not served because nobody who holds one of the keys has written it as it is. */
export interface RejectedEntry {
  readonly key: Digest
  readonly from: Side
  /** Whether it bears no MAC, or one that fits none of the keys. */
  readonly reason: 'missing' | 'wrong'
}

export interface Signing {
  /** The first signs, any verifies. */
  readonly keys: readonly Uint8Array[]
  readonly label: string
  readonly onRejected: (entry: RejectedEntry) => void
}

/** Writers that keep undoing each other's repair are given up on after so many rounds. */
const MAX_ROUNDS = 4
/** Keys that are kept in mind; beyond, the oldest are forgotten, and healed later. */
const MAX_REJECTED = 10_000

/** A backend whose entries bear a MAC, and how entries of a commit are signed and what stayed is answered. */
export interface SignedSide {
  readonly backend: Backend | CallIndex
  sign<E extends Entry | CallEntry>(entries: readonly E[]): readonly E[]
  /** What a put of signed entries found, for who gave the plain ones. */
  settle(
    plain: readonly Entry[],
    signed: readonly (Entry | CallEntry)[],
    stayed: readonly (Uint8Array | undefined)[],
    mode: PutMode,
  ): Steps<readonly (Uint8Array | undefined)[]>
}

export function signedSide(inner: Backend | CallIndex, side: Side, { keys, label, onRejected }: Signing): SignedSide {
  /** What a read has rejected: a save looks at all of it, not at its first bytes, before it takes it for its own. */
  const rejected = new Set<Digest>()

  const reject = (key: Digest, reason: RejectedEntry['reason']): undefined => {
    rejected.delete(key)
    if (rejected.size >= MAX_REJECTED) rejected.delete(rejected.keys().next().value!)
    rejected.add(key)
    onRejected({ key, from: side, reason })
    return undefined
  }

  /** The entry inside, if it was signed with one of the keys. */
  const open = (key: Digest, signed: Uint8Array): Uint8Array | undefined => {
    const bytes = withoutMac(signed)
    return bytes !== undefined && bearsOneOf(signed, macsOf(keys, side, key, bytes)) ? bytes : undefined
  }

  const served = (key: Digest, signed: Uint8Array | undefined): Uint8Array | undefined => {
    if (signed === undefined) return undefined
    return open(key, signed) ?? reject(key, withoutMac(signed) === undefined ? 'missing' : 'wrong')
  }

  const sign = <E extends Entry>(entries: readonly E[]): readonly E[] =>
    entries.map(entry => ({ ...entry, bytes: signEntry(keys, side, entry.key, entry.bytes) }))

  /** What stands under the key of an entry that was put and did not take its place; `undefined` once it has. */
  function* standing(plain: Entry, signed: Entry, first: Uint8Array, mode: PutMode): Steps<Uint8Array | undefined> {
    const { key } = plain
    if (!rejected.has(key) && isSignedForm(first, keys, side, key, plain.bytes))
      return plain.bytes.slice(0, PREFIX_BYTES)
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const [stands] = yield* wait(inner.get([key]))
      const opened = served(key, stands)
      if (opened !== undefined) {
        rejected.delete(key)
        return opened
      }
      if (stands !== undefined) {
        yield* removeIf(inner, [key], (_key, bytes) => open(key, bytes) === undefined)
      }
      const [again] = yield* wait(inner.put([signed], mode))
      if (again === undefined) {
        rejected.delete(key)
        return undefined
      }
    }
    throw new RiposteError(
      'ERR_BACKEND',
      `entry ${key} cannot be written: what stands there is not signed, and stays`,
      {
        operation: 'put',
        location: label,
      },
    )
  }

  function* settle(
    plain: readonly Entry[],
    signed: readonly Entry[],
    stayed: readonly (Uint8Array | undefined)[],
    mode: PutMode,
  ): Steps<readonly (Uint8Array | undefined)[]> {
    const answers: (Uint8Array | undefined)[] = []
    for (const [i, entry] of plain.entries()) {
      const first = stayed[i]
      answers.push(first === undefined ? undefined : yield* standing(entry, signed[i]!, first, mode))
    }
    return answers
  }

  function* put(entries: readonly Entry[], mode: PutMode): Steps<readonly (Uint8Array | undefined)[]> {
    const signed = sign(entries)
    return yield* settle(entries, signed, yield* wait(inner.put(signed, mode)), mode)
  }

  const backend: Backend = {
    get(keys, options) {
      if (options?.upTo === undefined)
        return chain(inner.get(keys), found => found.map((bytes, i) => served(keys[i]!, bytes)))
      // First bytes cannot be verified, here or by a seal. What has no MAC at all shows.
      const firsts = inner.get(keys, { upTo: Math.max(options.upTo + MOST_ADDED, FEWEST_READ) })
      return chain(firsts, found => found.map(bytes => bytes && (withoutMac(bytes) ?? asForeign(bytes))))
    },
    put: (entries, mode) => run(put(entries, mode)),
    touch: keys => inner.touch(keys),
    has: keys => inner.has(keys),
    delete: removals => inner.delete(removals),
    list: options => inner.list(options),
    now: () => inner.now(),
    close: () => inner.close(),
  }
  // The spreads are of the literal above, which names every member.
  const evicting = { ...backend, ...evictionsOf(inner) }
  if (!isCallIndex(inner)) return { backend: evicting, sign, settle }
  const find: CallIndex['find'] = options =>
    limitStream(
      mapStream(inner.find(withoutLimit(options)), ({ key, bytes, value }) => {
        const opened = served(key, bytes)
        return opened && { key, bytes: opened, value }
      }),
      options.limit,
    )
  return { backend: { ...evicting, find }, sign, settle }
}
