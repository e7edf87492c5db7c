import type { Digest } from '../digest/address.ts'
import { isRiposteError, RiposteError } from '../errors.ts'
import { type Steps, wait } from '../flow.ts'
import type { Inside } from '../inside/inside.ts'
import type { Refs } from '../ports/store.ts'
import { shownValue } from '../shown-value.ts'
import { checkClaims } from './claims.ts'

/** How the names of refs begin that are pins. */
export const PIN_PREFIX = 'pin/'

/**
 * Names a value that is stored, so that the sweep keeps it. A name that is taken moves to this value. Then refreshes the
 * age of all of it: who read the names before, in any process, and chose what is to go, finds that it is wanted.
 *
 * @throws {RiposteError} `ERR_FALSE_REFERENCE` when some of it has gone by then; the name is again what it was
 */
export function* setPin(inside: Inside, name: string, digest: Digest): Steps<void> {
  const refs = pinsOf(inside, name)
  const pin = PIN_PREFIX + name
  let held: string | undefined
  do held = yield* wait(refs.read(pin))
  while (held !== digest && !(yield* wait(refs.swap(pin, held, digest))))
  try {
    yield* checkClaims(inside, [{ digest, whole: true, path: '' }])
  } catch (error) {
    if (isRiposteError(error, 'ERR_FALSE_REFERENCE')) yield* wait(refs.swap(pin, digest, held))
    throw error
  }
}

/**
 * Pins a value that must be stored whole; its digest is the name unless one is given.
 *
 * @throws {RiposteError} `ERR_NOT_FOUND`, `ERR_FALSE_REFERENCE` when a part of it is missing
 */
export function* pinStored(inside: Inside, digest: Digest, name: string = digest): Steps<void> {
  pinsOf(inside, name)
  const flight = inside.saves.begin([digest])
  try {
    const [there] = yield* wait(inside.store.values.has([digest]))
    if (!there) throw new RiposteError('ERR_NOT_FOUND', `no value is stored as ${digest}`, { key: digest })
    yield* checkClaims(inside, [{ digest, whole: true, path: '' }])
    yield* setPin(inside, name, digest)
  } finally {
    flight.end()
  }
}

/** Takes a name back; says whether there was one. */
export function* removePin(inside: Inside, name: string): Steps<boolean> {
  const refs = pinsOf(inside, name)
  const pin = PIN_PREFIX + name
  for (;;) {
    const held = yield* wait(refs.read(pin))
    if (held === undefined) return false
    if (yield* wait(refs.swap(pin, held, undefined))) return true
  }
}

/**
 * Where pins are kept.
 *
 * @throws {TypeError} when the name is not a non-empty string
 * @throws {RiposteError} `ERR_REJECTED` when the store keeps no named refs
 */
export function pinsOf(inside: Inside, name: string): Refs {
  if (typeof name !== 'string' || name === '') {
    throw new TypeError(`expected the name of a pin, a non-empty string; got ${shownValue(name)}`)
  }
  const { refs, label } = inside.store
  if (refs === undefined) {
    throw new RiposteError(
      'ERR_REJECTED',
      `cannot pin ${JSON.stringify(name)}: the store ${label} keeps no named refs`,
      {
        operation: 'pin',
      },
    )
  }
  return refs
}
