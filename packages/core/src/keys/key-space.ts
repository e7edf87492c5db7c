/** Looking up keys and prefixes, written once over `Backend`: for values as for calls. */
import type { Digest } from '../digest/address.ts'
import { RiposteError } from '../errors.ts'
import { type Steps, wait } from '../flow.ts'
import type { Backend } from '../ports/backend.ts'
import { evictEntries } from '../ports/evicting.ts'
import { readKey, sharedDigits } from './prefix.ts'
import { eachItem, firstItems } from './walk.ts'

/** Candidates that an ambiguous prefix's error lists; the needed length counts all of them. */
const SHOWN_CANDIDATES = 10

/** Where keys are looked up, and how its errors speak of what stands there. */
export interface KeySpace {
  readonly backend: Backend
  readonly noun: 'value' | 'call'
}

/** The one full key that `text` stands for. */
export function* expandKey(space: KeySpace, text: string): Steps<Digest> {
  const asked = readKey(text)
  if (asked.kind === 'none') throw new RiposteError('ERR_NOT_FOUND', `no ${space.noun}: ${asked.reason}`, { key: text })
  if (asked.kind === 'prefix') return yield* expandPrefix(space, asked.prefix)
  const [there] = yield* wait(space.backend.has([asked.key]))
  if (!there) throw new RiposteError('ERR_NOT_FOUND', `no ${space.noun} is stored as ${asked.key}`, { key: asked.key })
  return asked.key
}

function* expandPrefix(space: KeySpace, prefix: string): Steps<Digest> {
  const candidates: Digest[] = []
  let previous: Digest | undefined
  let length = 0
  yield* eachItem(space.backend.list({ prefix }), ({ key }) => {
    if (candidates.length < SHOWN_CANDIDATES) candidates.push(key)
    if (previous !== undefined) length = Math.max(length, sharedDigits(previous, key) + 1)
    previous = key
  })
  const [only] = candidates
  if (only === undefined) {
    throw new RiposteError('ERR_NOT_FOUND', `no ${space.noun} has a key that begins with ${prefix}`, { key: prefix })
  }
  if (candidates.length === 1) return only
  throw new RiposteError(
    'ERR_AMBIGUOUS_DIGEST',
    `${prefix} fits several ${space.noun}s: ${candidates.map(key => key.slice(0, length)).join(', ')}; give ${length} digits`,
    { prefix, candidates, length },
  )
}

/** Whether a key, or one with this prefix, is there. */
export function* containsKey(space: KeySpace, text: string): Steps<boolean> {
  const asked = readKey(text)
  if (asked.kind === 'none') return false
  if (asked.kind === 'full') return (yield* wait(space.backend.has([asked.key])))[0] ?? false
  return (yield* firstItems(space.backend.list({ prefix: asked.prefix }), 1)).length > 0
}

/** Removes what stands under a key or prefix; gives the key of what went. */
export function* evictKey(space: KeySpace, text: string): Steps<Digest | undefined> {
  const asked = readKey(text)
  if (asked.kind === 'none') return undefined
  let key: Digest | undefined
  if (asked.kind === 'full') key = asked.key
  else if (yield* containsKey(space, asked.prefix)) key = yield* expandPrefix(space, asked.prefix)
  if (key === undefined) return undefined
  return (yield* wait(evictEntries(space.backend, [{ key }], 'evict'))) > 0 ? key : undefined
}
