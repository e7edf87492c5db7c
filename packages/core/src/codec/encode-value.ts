import { sha256Hex } from '#hash'
import type { Digest } from '../digest/address.ts'
import { withEncoder } from '../digest/encoder.ts'
import type { Registry } from '../registry/registry.ts'
import { addLinkItem, FORM_LINK_BYTES, LINK_BYTES, StoredForm } from './stored-form.ts'
import type { EncodedValue, Link, ValueNode } from './types.ts'

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
  const digest = withEncoder(encoder => encoder.digest(value, { registry: options.registry, stored }))
  // The encoder gives SHA-256 as hex digits.
  return { digest: digest as Digest, nodes: stored.nodes, claims: stored.claims }
}

/** The address of a payload where it stands beside another order of the same value. */
export function formOf(payload: Uint8Array): Digest {
  // SHA-256 as hex digits.
  return sha256Hex(payload) as Digest
}

/** The same node, with its links to these digests naming these forms. */
export function relink(node: ValueNode, forms: ReadonlyMap<Digest, Digest>): ValueNode {
  if (!node.links.some(link => link.form === undefined && forms.has(link.digest))) return node
  const pieces: Uint8Array[] = []
  const links: Link[] = []
  let from = 0
  let length = 0
  for (const link of node.links) {
    pieces.push(node.payload.subarray(from, link.offset))
    length += link.offset - from
    const form = link.form ?? forms.get(link.digest)
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
  return { ...node, payload, links }
}
