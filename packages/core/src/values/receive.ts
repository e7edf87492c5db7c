/**
 * Takes in entries from another store, children before parents. An equal value may stand here in another order: then
 * what comes is kept beside it as a second form, and whoever links to it is made to name that form, as in a save.
 */

import { linksOf } from '../codec/decode-value.ts'
import { formOf, relink } from '../codec/encode-value.ts'
import { openEntry, sameSeal } from '../codec/entry.ts'
import { addressOf, type ValueNode } from '../codec/types.ts'
import type { Digest } from '../digest/address.ts'
import { type Steps, wait } from '../flow.ts'
import type { Inside } from '../inside/inside.ts'
import type { Flight } from '../inside/saves-in-flight.ts'
import type { Entry } from '../ports/backend.ts'
import { notWritten, putSound } from './put-sound.ts'
import { sealNode } from './sealed-value.ts'

/** Takes entries in, batch by batch, and remembers where they came to stand. */
export class Receiver {
  readonly #inside: Inside
  readonly #moved = new Map<Digest, Digest>()

  constructor(inside: Inside) {
    this.#inside = inside
  }

  /** Where entries stand whose place was taken by another order. */
  get moved(): ReadonlyMap<Digest, Digest> {
    return this.#moved
  }

  /**
   * Stores entries that were found sound; what they link to was received before, or comes before them.
   *
   * @param flight - keeps them from the sweep until a record needs them
   */
  *receive(entries: readonly Entry[], flight: Flight): Steps<void> {
    flight.add(entries.map(({ key }) => key))
    const stayed = yield* wait(this.#inside.store.values.put(entries, 'keep'))
    for (const [i, entry] of entries.entries()) {
      const standing = stayed[i]
      const stands = standing === undefined || sameSeal(standing, entry.bytes)
      if (stands && this.#moved.size === 0) continue
      yield* this.#settle(entry, flight, stands, standing === undefined)
    }
  }

  /** @param wrote - whether this put wrote what stands under the key, so that it may be written again */
  *#settle(entry: Entry, flight: Flight, stands: boolean, wrote: boolean): Steps<void> {
    const node = nodeOf(entry)
    const linked = relink(node, this.#moved)
    if (linked === node && (stands || (yield* putSound(this.#inside, entry)))) return
    if (linked !== node && node.form === undefined) {
      const first = sealNode(linked, undefined)
      if (wrote) {
        // Links to the first forms would give it their order.
        yield* wait(this.#inside.store.values.put([first], 'replace'))
        return
      }
      if (yield* putSound(this.#inside, first)) return
    }
    const form = formOf(linked.payload)
    flight.add([form])
    if (!(yield* putSound(this.#inside, sealNode(linked, form))))
      throw notWritten(form, 'another entry stands under the hash of this one')
    this.#moved.set(entry.key, form)
  }
}

/** The node that an entry holds. */
function nodeOf({ key, bytes }: Entry): ValueNode {
  const { formOf: value, payload, linkable } = openEntry(key, bytes)
  return {
    digest: value ?? key,
    form: value === undefined ? undefined : key,
    payload,
    links: linksOf(payload),
    linkable,
  }
}

/** Links of a part, made to name where things stand now; the part itself if they do already. */
export function relinkPayload(payload: Uint8Array, moved: ReadonlyMap<Digest, Digest>): Uint8Array {
  const links = linksOf(payload)
  if (!links.some(link => moved.has(addressOf(link)))) return payload
  // Only the payload and its links count here; the rest is what a node must have.
  const node: ValueNode = { digest: addressOf(links[0]!), form: undefined, payload, links, linkable: false }
  return relink(node, moved).payload
}
