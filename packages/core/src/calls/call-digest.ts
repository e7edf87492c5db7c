import type { CallDigest, Digest } from '../digest/address.ts'
import { digest } from '../digest/digest.ts'
import type { CallIdentity } from './types.ts'

/** Sets the keys of calls apart from everything else that is digested; a change of what follows it changes this. */
const DOMAIN = 'riposte call 1'

/**
 * The key of a call: the digest of `['riposte call 1', namespace, name, version, conditions, arguments]`, in which
 * conditions and arguments stand as arrays of their digests. The version keeps its type. Pure.
 */
export function callDigest(identity: CallIdentity, argumentDigests: readonly Digest[]): CallDigest {
  const { namespace, name, version, conditions } = identity
  // Branded as what it is from here on: the key of a call record.
  return digest([DOMAIN, namespace, name, version, conditions, argumentDigests]) as string as CallDigest
}
