/** Checks what `ref`s claim, before anything is written that relies on it. */

import type { Claim } from '../codec/types.ts'
import type { Digest } from '../digest/address.ts'
import { LINK_ABOVE } from '../digest/format.ts'
import { isRiposteError, RiposteError } from '../errors.ts'
import { type Steps, wait } from '../flow.ts'
import type { Inside } from '../inside/inside.ts'
import { type HeaderFound, readHeaders } from './headers.ts'

/**
 * Every claimed value must be stored whole, and large enough for a reference to stand in its place. Refreshes the age
 * of all of it, parents before parts: a sweep that took a part since is noticed, one that comes later leaves it.
 *
 * @throws {RiposteError} `ERR_FALSE_REFERENCE`
 */
export function* checkClaims(inside: Inside, claims: readonly Claim[]): Steps<void> {
  if (claims.length === 0) return
  const values = inside.store.values
  const origins = new Map<Digest, Claim>()
  for (const claim of claims) if (!origins.has(claim.digest)) origins.set(claim.digest, claim)
  let level = [...origins.keys()]
  for (let depth = 0; level.length > 0; depth += 1) {
    const present = yield* refresh(inside, level)
    const headers = yield* readHeaders(values, level)
    const next: Digest[] = []
    level.forEach((key, i) => {
      const claim = origins.get(key)!
      const header = headers[i]!
      if (!present[i] || typeof header === 'string') throw missing(claim, key, header)
      for (const link of header.links) {
        if (origins.has(link)) continue
        origins.set(link, claim)
        next.push(link)
      }
    })
    if (depth === 0) {
      // The keys of the first level are those of the claims, in order.
      const byDigest = new Map(level.map((key, i) => [key, headers[i]!]))
      for (const claim of claims) checkClaim(claim, byDigest.get(claim.digest)!)
    }
    level = next
  }
}

/** Refreshes ages; where a store takes no writes nothing is swept either, and being there is enough. */
function* refresh(inside: Inside, keys: readonly Digest[]): Steps<readonly boolean[]> {
  const values = inside.store.values
  try {
    return yield* wait(values.touch(keys))
  } catch (error) {
    if (!isRiposteError(error, 'ERR_REJECTED')) throw error
    return yield* wait(values.has(keys))
  }
}

function checkClaim(claim: Claim, header: HeaderFound): void {
  if (typeof header === 'string') return
  if (header.formOf !== undefined) {
    throw falseReference(claim, `it is no digest of a value, but the key of another order of ${header.formOf}`)
  }
  if (!claim.whole && !header.linkable) {
    const reason = `of the value itself, without its large parts, there are only ${LINK_ABOVE} bytes or less`
    throw falseReference(claim, `${reason}, so it stands there as it is; pass the value, with refs for its large parts`)
  }
}

function missing(claim: Claim, key: Digest, header: HeaderFound): RiposteError<'ERR_FALSE_REFERENCE'> {
  const state =
    header === 'corrupt' ? 'is corrupt' : header === 'unknown format' ? 'has an unknown format' : 'is not stored'
  return falseReference(claim, key === claim.digest ? `the value ${state}` : `its part ${key} ${state}`)
}

function falseReference(claim: Claim, reason: string): RiposteError<'ERR_FALSE_REFERENCE'> {
  const { digest, path } = claim
  const place = path === '' ? '' : ` at ${path}`
  return new RiposteError('ERR_FALSE_REFERENCE', `the ref to ${digest}${place} is false: ${reason}`, { digest, path })
}
