/**
 * What remains to be done after a put that found other bytes under some digests: an equal value in another order, which
 * stays the first form while it is whole, or a corrupt entry, which is healed.
 */

import { formOf, relink } from '../codec/encode-value.ts'
import { sameSeal } from '../codec/entry.ts'
import { addressOf, type ValueNode } from '../codec/types.ts'
import type { Digest } from '../digest/address.ts'
import { isRiposteError } from '../errors.ts'
import { type Steps, wait } from '../flow.ts'
import type { Inside } from '../inside/inside.ts'
import type { Flight } from '../inside/saves-in-flight.ts'
import type { Entry } from '../ports/backend.ts'
import { checkClaims } from './claims.ts'
import { MAX_ROUNDS, notHealed, notWritten, readSound } from './put-sound.ts'
import { type SealedValue, sealNode } from './sealed-value.ts'
import type { WrittenBatch } from './written.ts'

const NONE_MOVED: ReadonlyMap<Digest, Digest> = /* @__PURE__ */ new Map()

/** A value as it stands in the store, in the order in which it was saved. */
export interface SettledValue {
  /** Children before parents; linked to the forms of this order. */
  readonly nodes: readonly ValueNode[]
  /** Where nodes stand that found their place taken by another order. */
  readonly moved: ReadonlyMap<Digest, Digest>
}

/** What may be left out of a save. */
export interface SettleOptions {
  /** Whether the value's own order is kept elsewhere, so that no second form of its last node is needed. */
  readonly rootKept: boolean
}

export function* settle(
  inside: Inside,
  sealed: SealedValue,
  written: WrittenBatch,
  flight: Flight,
  options: SettleOptions,
): Steps<SettledValue> {
  const { nodes } = sealed.value
  if (sealed.entries.every(entry => written.stands(entry))) return { nodes, moved: NONE_MOVED }

  const forms = new Map<Digest, Digest>()
  const settled: ValueNode[] = []
  const second: Entry[] = []
  const rewritten: Entry[] = []
  for (const [i, node] of nodes.entries()) {
    const linked = relink(node, forms)
    settled.push(linked)
    const isRoot = i === nodes.length - 1
    const given = sealed.entries[i]!
    if (linked === node && written.stands(given)) continue
    if (linked !== node && node.form === undefined && written.wrote(given.key) && written.stands(given)) {
      // Written a moment ago with links to the first forms: what is saved first must load in its own order. Whoever
      // saved the same value in between, with its parts in the order of the first forms, gets this order instead.
      rewritten.push(sealNode(linked, undefined))
      continue
    }
    if (node.form === undefined) {
      const first = linked === node ? given : sealNode(linked, undefined)
      if (yield* standsAs(inside, first)) continue
      if (!(yield* standsWhole(inside, given.key))) {
        rewritten.push(first)
        continue
      }
    }
    if (isRoot && options.rootKept) continue
    const form = formOf(linked.payload)
    second.push(sealNode(linked, form))
    forms.set(addressOf(node), form)
  }
  yield* putForms(inside, second, flight)
  if (rewritten.length > 0) yield* wait(inside.store.values.put(rewritten, 'replace'))
  return { nodes: settled, moved: forms }
}

function* putForms(inside: Inside, entries: readonly Entry[], flight: Flight): Steps<void> {
  if (entries.length === 0) return
  flight.add(entries.map(({ key }) => key))
  const stayed = yield* wait(inside.store.values.put(entries, 'keep'))
  for (const [i, entry] of entries.entries()) {
    const bytes = stayed[i]
    if (bytes === undefined || sameSeal(bytes, entry.bytes)) continue
    if (yield* standsAs(inside, entry)) continue
    throw notWritten(entry.key, 'another entry stands under the hash of this one')
  }
}

/** As `putSound`, where something stands, as a put has shown: that is read first. */
function* standsAs(inside: Inside, entry: Entry): Steps<boolean> {
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const bytes = yield* readSound(inside, entry.key)
    if (bytes !== undefined) return sameSeal(bytes, entry.bytes)
    const [stayed] = yield* wait(inside.store.values.put([entry], 'keep'))
    if (stayed === undefined) return true
  }
  throw notHealed(entry.key)
}

/**
 * Whether a value that was split or ordered otherwise has all its parts; refreshes the age of them. One that lost some of
 * them would never get those back: what saves it now splits it in its own way.
 */
function* standsWhole(inside: Inside, key: Digest): Steps<boolean> {
  try {
    yield* checkClaims(inside, [{ digest: key, whole: true, path: '' }])
    return true
  } catch (error) {
    if (isRiposteError(error, 'ERR_FALSE_REFERENCE')) return false
    throw error
  }
}
