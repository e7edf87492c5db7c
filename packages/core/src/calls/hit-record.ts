import { checkEntry } from '../codec/entry.ts'
import { Reader } from '../codec/reader.ts'
import type { CallDigest, Digest } from '../digest/address.ts'
import { MAJOR } from '../digest/format.ts'
import { toHex } from '../digest/hex.ts'
import type { Entry } from '../ports/backend.ts'
import type { Registry } from '../registry/registry.ts'
import { DIGEST, FIELDS, kindOf, readTime, TRUE, UNDEFINED } from './item-reader.ts'
import { nestedAt } from './part-reader.ts'
import { notRecord, openRecord } from './record-codec.ts'
import { readSource } from './record-source.ts'
import type { NestedTerms, StoredPart, StoredRecord } from './stored-record.ts'

/** A record as a hit reads it: what comes first in it, its source from the end, and the rest when somebody asks. */
export class HitRecord implements StoredRecord {
  readonly digest: CallDigest
  /** The stored payload of the result, where it is small enough to travel inside the record. */
  readonly inline: Uint8Array | undefined
  readonly expiresAt: number | undefined
  readonly threw: boolean
  /** Bytes of the record. */
  readonly size: number
  readonly #entry: Entry
  readonly #reader: Reader
  readonly #fields: number
  readonly #registry: Registry
  /** Where the digest of the result stands, and its form. */
  readonly #digestAt: number
  readonly #formAt: number | undefined
  /** Where it stands what of the result can be searched, which no hit asks for. */
  readonly #nestedAt: number
  #result: StoredPart | undefined
  #whole: StoredRecord | undefined

  /** @throws {RiposteError} `ERR_CORRUPT`, `ERR_UNKNOWN_FORMAT` */
  constructor(entry: Entry, registry: Registry) {
    const reader = new Reader(entry.bytes)
    reader.at = checkEntry(entry.key, entry.bytes)
    // What stands under the key of a call is a call's.
    this.digest = entry.key as string as CallDigest
    // The array of all fields, that of the result, its digest and its form.
    if (kindOf(reader) !== MAJOR.array) throw notRecord(entry)
    this.#fields = reader.argument
    if (kindOf(reader) !== MAJOR.array) throw notRecord(entry)
    const digestAt = passDigest(reader, entry)
    if (digestAt === undefined) throw notRecord(entry)
    this.#digestAt = digestAt
    this.#formAt = passDigest(reader, entry)
    this.inline = readBytes(reader, entry)
    this.#nestedAt = reader.at
    passNested(reader)
    this.expiresAt = readTime(reader) ?? undefined
    reader.head()
    this.threw = reader.argument === TRUE
    this.size = entry.bytes.length
    this.#entry = entry
    this.#reader = reader
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
    this.#result ??= new HitResult(
      this.#digest(this.#digestAt),
      this.#formAt === undefined ? undefined : this.#digest(this.#formAt),
      this.inline,
      () => nestedAt(this.#entry.bytes, this.#nestedAt),
    )
    return this.#result
  }

  get metadata(): StoredRecord['metadata'] {
    return this.#read().metadata
  }

  /** Not known of a record with more fields: there it takes all of the record to find it. */
  get source(): StoredRecord['source'] {
    return this.#fields === FIELDS + 1 ? readSource(this.#reader) : undefined
  }

  #digest(at: number): Digest {
    // 32 bytes as hex digits are a digest by construction.
    return toHex(this.#entry.bytes, at, DIGEST) as Digest
  }

  #read(): StoredRecord {
    this.#whole ??= openRecord(this.#entry, this.#registry).record
    return this.#whole
  }
}

class HitResult implements StoredPart {
  readonly digest: Digest
  readonly form: Digest | undefined
  readonly inline: Uint8Array | undefined
  readonly #readNested: () => NestedTerms | undefined

  constructor(
    digest: Digest,
    form: Digest | undefined,
    inline: Uint8Array | undefined,
    readNested: () => NestedTerms | undefined,
  ) {
    this.digest = digest
    this.form = form
    this.inline = inline
    this.#readNested = readNested
  }

  get nested(): NestedTerms | undefined {
    return this.#readNested()
  }
}

/** A view of a byte string; `undefined` where `undefined` stands. */
function readBytes(reader: Reader, entry: Entry): Uint8Array | undefined {
  if (kindOf(reader) === MAJOR.bytes) return reader.take(reader.argument)
  if (reader.argument === UNDEFINED) return undefined
  throw notRecord(entry)
}

/** Goes past what of a result can be searched. */
function passNested(reader: Reader): void {
  if (kindOf(reader) !== MAJOR.array) return
  // Whether there are more, and then paths and digests.
  for (let left = reader.argument; left > 0; left -= 1) {
    const kind = kindOf(reader)
    if (kind === MAJOR.text || kind === MAJOR.bytes) reader.skip(reader.argument)
  }
}

/** Goes past a digest and says where it stands; `undefined` where `undefined` stands. */
function passDigest(reader: Reader, entry: Entry): number | undefined {
  if (kindOf(reader) === MAJOR.bytes && reader.argument === DIGEST) {
    const { at } = reader
    reader.skip(DIGEST)
    return at
  }
  if (reader.major << 5 !== MAJOR.bytes && reader.argument === UNDEFINED) return undefined
  throw notRecord(entry)
}
