import { checkEntry } from '../codec/entry.ts'
import { Reader } from '../codec/reader.ts'
import type { CallDigest } from '../digest/address.ts'
import { MAJOR } from '../digest/format.ts'
import type { Entry } from '../ports/backend.ts'
import type { Registry } from '../registry/registry.ts'
import { kindOf, readTime, TRUE, UNDEFINED } from './item-reader.ts'
import { notRecord, openRecord } from './record-codec.ts'
import type { StoredPart, StoredRecord } from './stored-record.ts'

/** A record as a hit reads it: what comes first in it, and the rest when somebody asks. */
export class HitRecord implements StoredRecord {
  readonly digest: CallDigest
  /** The stored payload of the result, where it is small enough to travel inside the record. */
  readonly inline: Uint8Array | undefined
  readonly expiresAt: number | undefined
  readonly threw: boolean
  /** Bytes of the record. */
  readonly size: number
  readonly #entry: Entry
  readonly #registry: Registry
  #whole: StoredRecord | undefined

  /** @throws {RiposteError} `ERR_CORRUPT`, `ERR_UNKNOWN_FORMAT` */
  constructor(entry: Entry, registry: Registry) {
    const reader = new Reader(entry.bytes)
    reader.at = checkEntry(entry.key, entry.bytes)
    // What stands under the key of a call is a call's.
    this.digest = entry.key as string as CallDigest
    // The array of all fields, that of the result, its digest and its form.
    if (kindOf(reader) !== MAJOR.array || kindOf(reader) !== MAJOR.array) throw notRecord(entry)
    passBytes(reader, entry)
    passBytes(reader, entry)
    this.inline = readBytes(reader, entry)
    // No result has nested terms.
    if (kindOf(reader) === MAJOR.array) throw notRecord(entry)
    this.expiresAt = readTime(reader) ?? undefined
    reader.head()
    this.threw = reader.argument === TRUE
    this.size = entry.bytes.length
    this.#entry = entry
    this.#registry = registry
  }

  get identity(): StoredRecord['identity'] {
    return this.#read().identity
  }

  get names(): StoredRecord['names'] {
    return this.#read().names
  }

  get args(): StoredRecord['args'] {
    return this.#read().args
  }

  get result(): StoredPart {
    return this.#read().result
  }

  get metadata(): StoredRecord['metadata'] {
    return this.#read().metadata
  }

  #read(): StoredRecord {
    this.#whole ??= openRecord(this.#entry, this.#registry).record
    return this.#whole
  }
}

/** A view of a byte string; `undefined` where `undefined` stands. */
function readBytes(reader: Reader, entry: Entry): Uint8Array | undefined {
  if (kindOf(reader) === MAJOR.bytes) return reader.take(reader.argument)
  if (reader.argument === UNDEFINED) return undefined
  throw notRecord(entry)
}

function passBytes(reader: Reader, entry: Entry): void {
  if (kindOf(reader) === MAJOR.bytes) reader.skip(reader.argument)
  else if (reader.argument !== UNDEFINED) throw notRecord(entry)
}
