import { addLinkItem, LINK_BYTES } from '../codec/stored-form.ts'
import type { Registry } from '../registry/registry.ts'
import { withEncoder } from './encoder.ts'

export interface CanonicalEncoding {
  readonly digest: string
  readonly bytes: Uint8Array
  /** Every encoding that was hashed, by digest: the value's own and those of its linked parts. */
  readonly hashed: ReadonlyMap<string, Uint8Array>
}

/** What the digest of a value hashes. For tests and the golden vectors, whose readers decode it with means of their own. */
export function canonicalEncoding(value: unknown, registry: Registry): CanonicalEncoding {
  const hashed = new Map<string, Uint8Array>()
  const witness = (encoding: Uint8Array, digest: string): void => {
    hashed.set(digest, encoding.slice())
  }
  const digest = withEncoder(encoder => encoder.digest(value, { registry, witness }))
  return { digest, bytes: hashed.get(digest) ?? linkTo(digest), hashed }
}

/** The encoding of a `ref`, of which nothing is hashed. */
function linkTo(digest: string): Uint8Array {
  const link = new Uint8Array(LINK_BYTES)
  addLinkItem(link, 0, digest)
  return link
}
