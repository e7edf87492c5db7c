/** The nodes of bytes that are too many for one: chunks, and the list of them. Pure; `spec/digest.md` has the encoding. */
import { sha256Hex } from '#hash'
import { addLinkItem, LINK_BYTES } from '../codec/stored-form.ts'
import type { Link, ValueNode } from '../codec/types.ts'
import type { Digest } from '../digest/address.ts'
import { LINK_ABOVE, MAJOR, TAG } from '../digest/format.ts'
import { headLength, writeHead } from '../digest/head.ts'

/** The node of a chunk: its payload is its canonical encoding. */
export function chunkNode(content: Uint8Array): ValueNode {
  const head = headLength(content.length)
  const payload = new Uint8Array(head + content.length)
  writeHead(MAJOR.bytes, content.length, payload, 0)
  payload.set(content, head)
  return {
    // SHA-256 as hex digits.
    digest: sha256Hex(payload) as Digest,
    form: undefined,
    payload,
    links: [],
    linkable: payload.length > LINK_ABOVE,
  }
}

/** A chunk in a list: the digest that a link to it holds, or its encoding. */
export type ChunkItem = Digest | Uint8Array

/**
 * The node of bytes in chunks.
 *
 * @param canonical - the chunks as they stand in the canonical encoding
 * @param stored - as they stand in the payload
 */
export function chunkListNode(total: number, canonical: readonly ChunkItem[], stored: readonly ChunkItem[]): ValueNode {
  const encoding = chunkList(total, canonical).bytes
  const { bytes: payload, links } = chunkList(total, stored)
  return {
    digest: sha256Hex(encoding) as Digest,
    form: undefined,
    payload,
    links,
    linkable: encoding.length > LINK_ABOVE,
  }
}

/** A list of chunks as bytes. */
export function chunkList(
  total: number,
  items: readonly ChunkItem[],
): { readonly bytes: Uint8Array; readonly links: readonly Link[] } {
  const heads = headLength(TAG.chunks) + headLength(1 + items.length) + headLength(total)
  const length = items.reduce((sum, item) => sum + (typeof item === 'string' ? LINK_BYTES : item.length), heads)
  const bytes = new Uint8Array(length)
  const links: Link[] = []
  let at = writeHead(MAJOR.tag, TAG.chunks, bytes, 0)
  at = writeHead(MAJOR.array, 1 + items.length, bytes, at)
  at = writeHead(MAJOR.unsigned, total, bytes, at)
  for (const item of items) {
    if (typeof item === 'string') {
      links.push({ offset: at, digest: item, form: undefined })
      at = addLinkItem(bytes, at, item)
    } else {
      bytes.set(item, at)
      at += item.length
    }
  }
  return { bytes, links }
}
