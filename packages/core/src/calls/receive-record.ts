import { addressOf } from '../codec/types.ts'
import type { Digest } from '../digest/address.ts'
import type { Inside } from '../inside/inside.ts'
import type { Entry } from '../ports/backend.ts'
import type { CallEntry } from '../ports/call-index.ts'
import { relinkPayload } from '../values/receive.ts'
import { encodeRecord, openRecord, sealRecord } from './record-codec.ts'
import type { StoredPart } from './stored-record.ts'
import { termsOf } from './terms-of.ts'

/**
 * A record from another store, as it is to stand in this one. Pure.
 *
 * @param moved - where values stand that found their place taken by another order
 */
export function receivedRecord(inside: Inside, entry: Entry, moved: ReadonlyMap<Digest, Digest>): CallEntry {
  const { registry, digestOf } = inside
  const { record, links } = openRecord(entry, registry)
  if (!links.some(link => moved.has(link))) return { ...entry, terms: termsOf(record, registry, digestOf) }
  const relinked = { ...record, args: record.args.map(arg => follow(arg, moved)), result: follow(record.result, moved) }
  const { payload } = encodeRecord(relinked, registry)
  const needs = links.map(link => moved.get(link) ?? link)
  return { ...sealRecord(record.digest, payload, needs), terms: termsOf(relinked, registry, digestOf) }
}

function follow(part: StoredPart, moved: ReadonlyMap<Digest, Digest>): StoredPart {
  const form = moved.get(addressOf(part)) ?? part.form
  return { ...part, form, inline: part.inline && relinkPayload(part.inline, moved) }
}
