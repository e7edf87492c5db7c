import { distinctAddresses, sealEntry, sealInRoom } from '../codec/entry.ts'
import type { EncodedValue, ValueNode } from '../codec/types.ts'
import type { Digest } from '../digest/address.ts'
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
  const { digest, linkable, links, room } = node
  const key = form ?? digest
  const header = {
    linkable,
    formOf: form === undefined ? undefined : digest,
    links: links.length === 0 ? NO_LINKS : distinctAddresses(links),
  }
  if (room !== undefined && form === node.form) return sealInRoom(key, header, room)
  return sealEntry(key, { ...header, payload: node.payload })
}

const NO_LINKS: readonly Digest[] = []

/** Everything that a value needs in the store: its own entries and what it refers to. */
export function addressesOf({ value, entries }: SealedValue): readonly Digest[] {
  return [...entries.map(({ key }) => key), ...value.claims.map(({ digest }) => digest)]
}
