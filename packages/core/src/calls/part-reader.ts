/** Reads arguments and results, each where it stands in a record. */
import { Reader } from '../codec/reader.ts'
import type { Digest } from '../digest/address.ts'
import { MAJOR } from '../digest/format.ts'
import { DIGEST, FALSE, isNext, kindOf, OTHER, readDigest, TRUE, takeDigest, UNDEFINED } from './item-reader.ts'
import type { NestedTerms, StoredPart } from './stored-record.ts'

/** Items of a part. */
const PART = 4

/** A part that was passed before: it is as it should be. */
export function partAt(bytes: Uint8Array, at: number): StoredPart {
  const reader = new Reader(bytes)
  reader.at = at
  reader.head()
  const digest = readDigest(reader)!
  return { digest, form: readOptionalDigest(reader), inline: readInline(reader), nested: readNested(reader) }
}

function readOptionalDigest(reader: Reader): Digest | undefined {
  return kindOf(reader) === MAJOR.bytes ? takeDigest(reader) : undefined
}

function readInline(reader: Reader): Uint8Array | undefined {
  return kindOf(reader) === MAJOR.bytes ? reader.take(reader.argument) : undefined
}

/** What can be searched of an argument or a result, where that stands in a record. */
export function nestedAt(bytes: Uint8Array, at: number): NestedTerms | undefined {
  const reader = new Reader(bytes)
  reader.at = at
  return readNested(reader)
}

function readNested(reader: Reader): NestedTerms | undefined {
  if (kindOf(reader) !== MAJOR.array) return undefined
  const count = (reader.argument - 1) / 2
  reader.head()
  const cut = reader.argument === TRUE
  const terms = Array.from({ length: count }, () => {
    reader.head()
    return { path: reader.text(reader.argument), digest: readDigest(reader)! }
  })
  return { terms, cut }
}

/** Goes past a part; says whether it is one. */
export function passPart(reader: Reader): boolean {
  return (
    isNext(reader, MAJOR.array, PART) &&
    isNext(reader, MAJOR.bytes, DIGEST) &&
    passed(reader, DIGEST) &&
    passOptional(reader, DIGEST) &&
    passOptional(reader, undefined) &&
    passNested(reader)
  )
}

function passed(reader: Reader, length: number): true {
  reader.skip(length)
  return true
}

function passOptional(reader: Reader, length: number | undefined): boolean {
  const kind = kindOf(reader)
  if (kind === OTHER) return reader.argument === UNDEFINED
  return kind === MAJOR.bytes && (length === undefined || reader.argument === length) && passed(reader, reader.argument)
}

function passNested(reader: Reader): boolean {
  const kind = kindOf(reader)
  if (kind === OTHER) return reader.argument === UNDEFINED
  const count = reader.argument
  if (kind !== MAJOR.array || count % 2 === 0) return false
  if (kindOf(reader) !== OTHER || (reader.argument !== TRUE && reader.argument !== FALSE)) return false
  for (let i = 1; i < count; i += 2) {
    // Read, so that it is known to be text.
    if (kindOf(reader) !== MAJOR.text) return false
    reader.text(reader.argument)
    if (!isNext(reader, MAJOR.bytes, DIGEST)) return false
    reader.skip(DIGEST)
  }
  return true
}
