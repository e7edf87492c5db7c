/** The numbers of an archive, and its hash. `spec/archive.md` describes it for other languages. */
import { sha256HexOf } from '#hash'
import type { Digest } from '../digest/address.ts'
import { fromHex, writeHex } from '../digest/hex.ts'

/** `RIPOSTE` and a line feed, which a transfer as text would change. */
const MAGIC = [0x52, 0x49, 0x50, 0x4f, 0x53, 0x54, 0x45, 0x0a] as const
export const ARCHIVE_FORMAT = 1
/** Bytes before the first item. */
export const PREAMBLE: Uint8Array = /* @__PURE__ */ Uint8Array.of(...MAGIC, ARCHIVE_FORMAT)

export const KIND = { end: 0, value: 1, call: 2, ref: 3 } as const
/** Bytes of an item before its content: kind, key, length. */
export const ITEM_HEAD = 41
/** Bytes of the trailer: its kind, three counts, the chain. */
export const TRAILER = 57
/** Bytes of it that the chain covers. */
export const TRAILER_HEAD = 25

/** How many there are of each. */
export interface Counts {
  values: number
  calls: number
  refs: number
}

export function itemHead(kind: number, key: Digest, length: number): Uint8Array {
  const head = new Uint8Array(ITEM_HEAD)
  head[0] = kind
  writeHex(key, head, 1)
  new DataView(head.buffer).setBigUint64(33, BigInt(length))
  return head
}

export function trailerHead({ values, calls, refs }: Counts): Uint8Array {
  const head = new Uint8Array(TRAILER_HEAD)
  const view = new DataView(head.buffer)
  for (const [i, count] of [values, calls, refs].entries()) view.setBigUint64(1 + 8 * i, BigInt(count))
  return head
}

/** A hash of everything so far, one item after another: so no hash need be kept open between them. */
export class Chain {
  #hash: Uint8Array = fromHex(sha256HexOf([PREAMBLE]))

  add(...pieces: readonly Uint8Array[]): void {
    this.#hash = fromHex(sha256HexOf([this.#hash, ...pieces]))
  }

  get bytes(): Uint8Array {
    return this.#hash
  }
}
