import { addressOf, type Claim, type EncodedValue, type ValueNode } from '../codec/types.ts'
import type { Digest } from '../digest/address.ts'
import type { Inside } from '../inside/inside.ts'
import type { DigestOf } from '../matching/matcher.ts'
import { isPlainObject } from '../matching/plain-object.ts'
import type { CallEntry } from '../ports/call-index.ts'
import type { Registry } from '../registry/registry.ts'
import { shownValue } from '../shown-value.ts'
import { holdsPlainObject, MAX_ARGUMENT_TERMS, MAX_RESULT_TERMS, nestedTermsOf } from './nested-terms.ts'
import { encodeRecord, sealRecord } from './record-codec.ts'
import type { SealedCall } from './sealed-call.ts'
import type { NestedTerms, StoredPart, StoredRecord } from './stored-record.ts'
import { termsOf } from './terms-of.ts'

/** A result whose stored payload is at most this large, in bytes, travels inside its record too: a cold hit is one read. */
export const INLINE_RESULT = 4096
/** An argument whose stored payload is at most this large, in bytes, and has no parts elsewhere, is kept in its record alone. */
export const INLINE_ARGUMENT = 1024

/** Of a result whose own stored payload is larger, in bytes, nothing is listed: whoever asks looks at its value. */
const LARGEST_OPENED = 65_536

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
  if (!isPlainObject(metadata)) throw new TypeError(`expected metadata as a plain object; got ${shownValue(metadata)}`)
  const { registry, digestOf } = inside
  const record: StoredRecord = {
    digest: call.digest,
    identity: call.identity,
    names: call.names,
    args: args.map(arg => {
      // Of what is not stored not even the names of its properties are kept.
      const isListed = call.storeArguments && !arg.inline
      const nested = isListed ? nestedTermsOf(arg, registry, digestOf, MAX_ARGUMENT_TERMS) : undefined
      return { ...storedPart(arg), nested }
    }),
    result: { ...storedPart(result), nested: resultNested(result, registry, digestOf) },
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

/** What the record itself does not show of a result: such as is not in it, or not with all of its parts. */
function resultNested(form: PartForm, registry: Registry, digestOf: DigestOf): NestedTerms | undefined {
  const root = form.nodes.at(-1)
  if (form.inline && root?.links.length === 0) return undefined
  // To build it again would take as long as it took to encode it.
  if (root !== undefined && root.payload.length > LARGEST_OPENED && holdsPlainObject(root.payload)) return ALL_CUT
  return nestedTermsOf(form, registry, digestOf, MAX_RESULT_TERMS)
}

const ALL_CUT: NestedTerms = { terms: [], cut: true }

function storedPart({ digest, nodes, form, inline }: PartForm): StoredPart {
  return { digest, form, inline: inline ? nodes.at(-1)!.payload : undefined }
}
