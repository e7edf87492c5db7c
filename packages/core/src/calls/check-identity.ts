import { isDigest } from '../digest/address.ts'
import { shownValue } from '../shown-value.ts'
import type { CallArguments, CallIdentity } from './types.ts'

/** @throws {TypeError} when a part of a call's identity is of the wrong type */
export function checkIdentity(identity: CallIdentity): void {
  const { namespace, name, version, conditions } = identity
  if (typeof namespace !== 'string')
    throw new TypeError(`expected a namespace as a string; got ${shownValue(namespace)}`)
  if (typeof name !== 'string') throw new TypeError(`expected the name of a call as a string; got ${shownValue(name)}`)
  if (version !== undefined && typeof version !== 'string' && !Number.isFinite(version)) {
    throw new TypeError(`expected a version as a string or a finite number; got ${shownValue(version)}`)
  }
  if (!Array.isArray(conditions) || !conditions.every(isDigest)) {
    throw new TypeError('expected the conditions of a call as an array of digests')
  }
}

/** @throws {TypeError} when the arguments or their names are of the wrong type */
export function checkArguments({ values, names }: CallArguments): void {
  if (!Array.isArray(values))
    throw new TypeError(`expected the arguments of a call as an array; got ${shownValue(values)}`)
  if (names === undefined) return
  if (!Array.isArray(names) || !names.every(name => typeof name === 'string')) {
    throw new TypeError('expected the names of arguments as an array of strings')
  }
}
