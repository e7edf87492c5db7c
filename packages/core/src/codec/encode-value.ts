import type { Digest } from '../digest/address.ts'
import { digestHex } from '../digest/encoder.ts'
import type { Registry } from '../registry/registry.ts'
import { addLinkItem, FORM_LINK_BYTES, LINK_BYTES, StoredForm } from './stored-form.ts'
import { addressOf, type EncodedValue, type Link, type ValueNode } from './types.ts'

export { formOf } from './stored-form.ts'

export interface EncodeOptions {
  /** Parts whose stored payload is larger become nodes of their own. `Infinity` keeps all in one node. */
  readonly inlineBelow: number
  readonly registry: Registry
}

/**
 * Takes a value apart into the nodes that hold it, its digest with them. Reads it once, at once; writes nothing.
 *
 * @throws {RiposteError} `ERR_UNDIGESTIBLE` (of kind `digest only` for what has a digest but cannot be stored), `ERR_CYCLIC`
 */
export function encodeValue(value: unknown, options: EncodeOptions): EncodedValue {
  const stored = new StoredForm(options.inlineBelow)
  const digest = digestHex(value, options.registry, stored)
  // The encoder gives SHA-256 as hex digits.
  return { digest: digest as Digest, nodes: stored.nodes, claims: stored.claims }
}

/** The same node, with its links to these addresses naming these forms. */
export function relink(node: ValueNode, forms: ReadonlyMap<Digest, Digest>): ValueNode {
  if (!node.links.some(link => forms.has(addressOf(link)))) return node
  const pieces: Uint8Array[] = []
  const links: Link[] = []
  let from = 0
  let length = 0
  for (const link of node.links) {
    pieces.push(node.payload.subarray(from, link.offset))
    length += link.offset - from
    const form = forms.get(addressOf(link)) ?? link.form
    const item = new Uint8Array(form === undefined ? LINK_BYTES : FORM_LINK_BYTES)
    addLinkItem(item, 0, link.digest, form)
    links.push({ offset: length, digest: link.digest, form })
    pieces.push(item)
    length += item.length
    from = link.offset + (link.form === undefined ? LINK_BYTES : FORM_LINK_BYTES)
  }
  pieces.push(node.payload.subarray(from))
  const payload = new Uint8Array(length + node.payload.length - from)
  let at = 0
  for (const piece of pieces) {
    payload.set(piece, at)
    at += piece.length
  }
  return { ...node, payload, links, room: undefined }
}
