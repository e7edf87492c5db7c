import { INSPECT, inspectRecord } from '#host'
import { decodeValue } from '../codec/decode-value.ts'
import type { CallDigest } from '../digest/address.ts'
import { run, type Steps } from '../flow.ts'
import type { Inspect } from '../host/inspect-record.ts'
import type { Inside } from '../inside/inside.ts'
import { type Ref, ref } from '../ref.ts'
import type { Registry } from '../registry/registry.ts'
import { buildPart, fetchParts } from './found.ts'
import { textOfRecord } from './inspectable-record.ts'
import type { StoredPart, StoredRecord } from './stored-record.ts'
import type { CallRecord } from './types.ts'

/** A record for people. Arguments are built when they are asked for; each record builds them once. */
export function openForPeople(inside: Inside, record: StoredRecord): CallRecord {
  return new OpenRecord(inside, record)
}

/**
 * Has what a literal would have, so that it can be spread and taken apart. A literal with a getter would take 2 µs:
 * the engine gives each one a shape of its own.
 */
class OpenRecord implements CallRecord {
  readonly digest: CallDigest
  readonly namespace: string
  readonly name: string
  readonly version: string | number | undefined
  readonly params: readonly string[] | undefined
  declare readonly args: CallRecord['args']
  declare readonly resultRef: Ref
  readonly metadata: CallRecord['metadata']
  readonly expiresAt: number | undefined
  readonly threw: boolean
  readonly loadArgs: CallRecord['loadArgs']
  readonly result: CallRecord['result']
  readonly lazyResult: CallRecord['lazyResult']
  readonly #inside: Inside
  readonly #record: StoredRecord
  #args: readonly unknown[] | undefined
  #resultRef: Ref | undefined

  constructor(inside: Inside, record: StoredRecord) {
    const { digest, identity, names, metadata, expiresAt, threw = false } = record
    this.#inside = inside
    this.#record = record
    this.digest = digest
    this.namespace = identity.namespace
    this.name = identity.name
    this.version = identity.version
    this.params = names
    Object.defineProperties(this, GETTERS)
    this.metadata = metadata
    this.expiresAt = expiresAt
    this.threw = threw
    this.loadArgs = async () => {
      inside.checkOpen()
      return run(loadParts(inside, record.args))
    }
    this.result = async () => {
      inside.checkOpen()
      const [value] = await run(loadParts(inside, [record.result]))
      if (threw) throw value
      return value
    }
    this.lazyResult = async (options = {}) => {
      const { checkLazyOptions, openLazy } = await inside.piecewise()
      checkLazyOptions(options)
      if (!threw) return openLazy(inside, record.result, options)
      throw (await run(loadParts(inside, [record.result])))[0]
    }
  }

  static argsOf(opened: OpenRecord): readonly unknown[] {
    opened.#args ??= shownArguments(opened.#record, opened.#inside.registry)
    return opened.#args
  }

  static resultRefOf(opened: OpenRecord): Ref {
    opened.#resultRef ??= ref(opened.#record.result.digest)
    return opened.#resultRef
  }

  [INSPECT](depth: number, options: object, inspect: Inspect): string {
    return inspectRecord(this, depth, options, inspect)
  }

  toString(): string {
    return textOfRecord(this)
  }
}

/** Own properties that are made when they are read. The same functions for all records, which so have one shape. */
const GETTERS: PropertyDescriptorMap & ThisType<OpenRecord> = {
  args: {
    enumerable: true,
    configurable: true,
    get() {
      return OpenRecord.argsOf(this)
    },
  },
  resultRef: {
    enumerable: true,
    configurable: true,
    get() {
      return OpenRecord.resultRefOf(this)
    },
  },
}

/** The arguments that travel inside a record, built anew; `ref`s for those that do not. */
export function shownArguments({ args }: StoredRecord, registry: Registry): readonly (unknown | Ref)[] {
  // Inside a record no argument has links.
  return args.map(({ digest, inline }) => (inline === undefined ? ref(digest) : decodeValue(inline, { registry })))
}

function* loadParts(inside: Inside, parts: readonly StoredPart[]): Steps<readonly unknown[]> {
  const payloads = yield* fetchParts(inside, parts)
  return parts.map(part => buildPart(inside, part, payloads))
}
