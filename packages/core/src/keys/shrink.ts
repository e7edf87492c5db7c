import type { Digest } from '../digest/address.ts'
import { RiposteError } from '../errors.ts'
import type { Steps } from '../flow.ts'
import { shownValue } from '../shown-value.ts'
import { expandKey, type KeySpace } from './key-space.ts'
import { MIN_PREFIX, readKey, sharedDigits } from './prefix.ts'
import { eachItem } from './walk.ts'

/** Above this many listings by prefix, one listing of everything is cheaper. */
const MAX_LISTINGS = 64

/** For each key, in the order given, the shortest prefix that tells it from every other key there. */
export function* shrinkKeys(space: KeySpace, keys: readonly string[]): Steps<readonly string[]> {
  if (!Array.isArray(keys)) throw new TypeError(`expected an array of keys; got ${shownValue(keys)}`)
  const full: Digest[] = []
  for (const key of keys) {
    const asked = readKey(key)
    full.push(asked.kind === 'full' ? asked.key : yield* expandKey(space, key))
  }
  const lengths = new Map<Digest, number | undefined>(full.map(key => [key, undefined]))
  for (const prefix of listings(full)) yield* measure(space, prefix, lengths)
  return full.map(key => {
    const length = lengths.get(key)
    if (length === undefined) throw new RiposteError('ERR_NOT_FOUND', `no ${space.noun} is stored as ${key}`, { key })
    return key.slice(0, length)
  })
}

function listings(keys: readonly Digest[]): Iterable<string> {
  // Keys that differ in their first digits need not be told apart any further.
  const groups = new Set(keys.map(key => key.slice(0, MIN_PREFIX)))
  return groups.size > MAX_LISTINGS ? [''] : groups
}

/** Sets the needed length of each wanted key that one listing meets: only its neighbours can share more than it must. */
function* measure(space: KeySpace, prefix: string, lengths: Map<Digest, number | undefined>): Steps<void> {
  let before: Digest | undefined
  let sharedBefore = 0
  yield* eachItem(space.backend.list({ prefix }), ({ key }) => {
    const shared = before === undefined ? 0 : sharedDigits(before, key)
    if (before !== undefined) settle(before, Math.max(sharedBefore, shared))
    before = key
    sharedBefore = shared
  })
  if (before !== undefined) settle(before, sharedBefore)

  function settle(key: Digest, shared: number): void {
    if (lengths.has(key)) lengths.set(key, Math.max(MIN_PREFIX, shared + 1))
  }
}
