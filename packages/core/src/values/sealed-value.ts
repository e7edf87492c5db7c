import { formOf } from '../codec/encode-value.ts'
import { sealEntry } from '../codec/entry.ts'
import { addressOf, type EncodedValue, type ValueNode } from '../codec/types.ts'
import type { Digest } from '../digest/address.ts'
import { fromHex } from '../digest/hex.ts'
import type { Entry } from '../ports/backend.ts'

/** A value with the entries of its nodes, in the same order. */
export interface SealedValue {
  readonly value: EncodedValue
  readonly entries: readonly Entry[]
}

export function sealValue(value: EncodedValue): SealedValue {
  return { value, entries: value.nodes.map(node => sealNode(node, node.form)) }
}

/** The entry of a node, under its digest or under the form that is given. */
export function sealNode(node: ValueNode, form: Digest | undefined): Entry {
  return sealEntry(form ?? node.digest, {
    linkable: node.linkable,
    formOf: form === undefined ? undefined : node.digest,
    links: [...new Set(node.links.map(addressOf))],
    payload: node.payload,
  })
}

/**
 * Where a node stands as a second form. A payload that happens to be in canonical order hashes to the digest itself,
 * under which the first form stands: it moves on to the hash of that.
 */
export function formAddress(node: ValueNode): Digest {
  const form = formOf(node.payload)
  return form === node.digest ? formOf(fromHex(form)) : form
}

/** Everything that a value needs in the store: its own entries and what it refers to. */
export function addressesOf({ value, entries }: SealedValue): readonly Digest[] {
  return [...entries.map(({ key }) => key), ...value.claims.map(({ digest }) => digest)]
}
