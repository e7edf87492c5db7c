import { openEntry, sameSeal } from '../codec/entry.ts'
import type { Digest } from '../digest/address.ts'
import { isRiposteError, RiposteError } from '../errors.ts'
import { type Steps, wait } from '../flow.ts'
import type { Inside } from '../inside/inside.ts'
import type { Entry } from '../ports/backend.ts'
import { removeCorrupt } from './corruption.ts'

/** Writers that keep undoing each other's repair are given up on after so many rounds. */
export const MAX_ROUNDS = 4

/**
 * Puts an entry where nothing sound stands under its key. Returns whether what stands there afterwards is this very entry.
 *
 * @throws {RiposteError} `ERR_CORRUPT` when it came back corrupt each time
 */
export function* putSound(inside: Inside, entry: Entry): Steps<boolean> {
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const [stayed] = yield* wait(inside.store.values.put([entry], 'keep'))
    if (stayed === undefined || sameSeal(stayed, entry.bytes)) return true
    if ((yield* readSound(inside, entry.key)) !== undefined) return false
  }
  throw notHealed(entry.key)
}

/** The bytes of an entry that is whole by its seal. A corrupt one is removed, and is as good as none. */
export function* readSound(inside: Inside, key: Digest): Steps<Uint8Array | undefined> {
  const { values } = inside.store
  const [bytes] = yield* wait(values.get([key]))
  if (bytes === undefined) return undefined
  try {
    openEntry(key, bytes)
    return bytes
  } catch (error) {
    if (!isRiposteError(error, 'ERR_CORRUPT')) throw error
    yield* removeCorrupt(inside, values, key, error)
    return undefined
  }
}

export function notHealed(key: Digest): RiposteError<'ERR_CORRUPT'> {
  return notWritten(key, 'it came back corrupt each time it was put again')
}

/** What is said of an entry that could not be made to stand. */
export function notWritten(key: Digest, reason: string): RiposteError<'ERR_CORRUPT'> {
  return new RiposteError('ERR_CORRUPT', `entry ${key} cannot be written: ${reason}`, { key, reason })
}
