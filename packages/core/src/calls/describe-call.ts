import type { Inside } from '../cache/inside.ts'
import { addressOf, type Claim, type EncodedValue, type ValueNode } from '../codec/types.ts'
import type { Digest } from '../digest/address.ts'
import { isPlainObject } from '../matching/plain-object.ts'
import type { CallEntry } from '../ports/call-index.ts'
import { nestedTermsOf } from './nested-terms.ts'
import { encodeRecord, sealRecord } from './record-codec.ts'
import type { SealedCall } from './sealed-call.ts'
import type { StoredPart, StoredRecord } from './stored-record.ts'
import { termsOf } from './terms-of.ts'

/** A result whose stored payload is at most this large, in bytes, travels inside its record too: a cold hit is one read. */
export const INLINE_RESULT = 4096
/** An argument whose stored payload is at most this large, in bytes, and has no parts elsewhere, is kept in its record alone. */
export const INLINE_ARGUMENT = 1024

/** An argument or a result, as it is or will be stored. */
export interface PartForm {
  readonly digest: Digest
  readonly nodes: readonly ValueNode[]
  /** Where it stands, if not under its digest. */
  readonly form: Digest | undefined
  /** Whether its own payload travels inside the record. */
  readonly inline: boolean
}

export function resultForm({ digest, nodes }: EncodedValue): PartForm {
  return {
    digest,
    nodes,
    form: undefined,
    inline: (nodes.at(-1)?.payload.length ?? Number.POSITIVE_INFINITY) <= INLINE_RESULT,
  }
}

export function argumentForm({ digest, nodes }: EncodedValue, storeArguments: boolean): PartForm {
  const root = nodes.at(-1)
  const small = root !== undefined && root.payload.length <= INLINE_ARGUMENT && root.links.length === 0
  return { digest, nodes, form: undefined, inline: storeArguments && small }
}

/** The record of a call, ready to be put. */
export interface DescribedCall {
  readonly record: StoredRecord
  readonly entry: CallEntry
  /** What `ref`s in the metadata claim. */
  readonly claims: readonly Claim[]
}

/**
 * Makes the record of a call. Pure.
 *
 * @throws {TypeError} when the metadata is not a plain object
 */
export function describeCall(
  inside: Inside,
  call: SealedCall,
  args: readonly PartForm[],
  result: PartForm,
  { metadata, expiresAt, threw = false, source }: Pick<StoredRecord, 'metadata' | 'expiresAt' | 'threw' | 'source'>,
): DescribedCall {
  if (!isPlainObject(metadata)) throw new TypeError(`expected metadata as a plain object; got ${typeof metadata}`)
  const { registry, digestOf } = inside
  const record: StoredRecord = {
    digest: call.digest,
    identity: call.identity,
    names: call.names,
    args: args.map(arg => {
      const nested = arg.inline ? undefined : nestedTermsOf(arg, registry, digestOf)
      return { ...storedPart(arg), nested }
    }),
    result: storedPart(result),
    expiresAt,
    threw,
    metadata,
    source,
  }
  const { payload, claims } = encodeRecord(record, registry)
  const stored = call.storeArguments ? args.filter(({ inline }) => !inline) : []
  const links = [
    ...stored.map(addressOf),
    addressOf(result),
    ...(result.inline ? result.nodes.at(-1)!.links.map(addressOf) : []),
    ...claims.map(({ digest }) => digest),
  ]
  return {
    record,
    entry: { ...sealRecord(call.digest, payload, links), terms: termsOf(record, registry, digestOf) },
    claims,
  }
}

function storedPart({ digest, nodes, form, inline }: PartForm): StoredPart {
  return { digest, form, inline: inline ? nodes.at(-1)!.payload : undefined }
}
