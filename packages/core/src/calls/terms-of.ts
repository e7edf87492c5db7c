import { decodeValue } from '../codec/decode-value.ts'
import { isRiposteError } from '../errors.ts'
import type { DigestOf } from '../matching/matcher.ts'
import type { PlainObject } from '../matching/plain-object.ts'
import type { ArgumentTerm, CallTerms, PartTerm } from '../ports/call-index.ts'
import type { Registry } from '../registry/registry.ts'
import { CUT_PATH } from './cut-path.ts'
import { metadataTerms } from './metadata-terms.ts'
import { holdsPlainObject, MAX_ARGUMENT_TERMS, MAX_RESULT_TERMS, nestedTermsOfValue } from './nested-terms.ts'
import type { NestedTerms, StoredPart, StoredRecord } from './stored-record.ts'

/** What a record can be found by: a pure function of the record. */
export function termsOf(record: StoredRecord, registry: Registry, digestOf: DigestOf): CallTerms {
  return {
    ...plainTermsOf(record),
    args: nestedArgumentTerms(record, registry, digestOf),
    resultParts: resultParts(record, registry, digestOf),
  }
}

/** The same without what stands inside arguments and results. */
export function plainTermsOf(record: StoredRecord): CallTerms {
  const { identity, result, metadata } = record
  return {
    namespace: identity.namespace,
    name: identity.name,
    version: versionTerm(identity.version),
    args: argumentTerms(record, []),
    result: result.digest,
    resultParts: [],
    metadata: metadataTerms(metadata),
  }
}

/** A version as JSON text, so that `1` and `"1"` differ. */
export function versionTerm(version: string | number | undefined): string | undefined {
  return version === undefined ? undefined : JSON.stringify(version)
}

/** What of arguments a record can be found by. */
export function nestedArgumentTerms(
  record: StoredRecord,
  registry: Registry,
  digestOf: DigestOf,
): readonly ArgumentTerm[] {
  const nested = record.args.map(part => nestedOf(part, registry, digestOf, MAX_ARGUMENT_TERMS))
  return argumentTerms(record, nested)
}

/** What of the inside of its result a record can be found by. */
export function resultParts({ result }: StoredRecord, registry: Registry, digestOf: DigestOf): readonly PartTerm[] {
  const inside = nestedOf(result, registry, digestOf, MAX_RESULT_TERMS)
  if (inside === undefined) return []
  return inside.cut ? [...inside.terms, { path: CUT_PATH, digest: result.digest }] : inside.terms
}

/** What can be searched inside an argument or a result; `undefined` where it is no plain object. */
export function nestedOf(
  { inline, nested }: StoredPart,
  registry: Registry,
  digestOf: DigestOf,
  most: number,
): NestedTerms | undefined {
  if (nested !== undefined || inline === undefined || !holdsPlainObject(inline)) return nested
  let value: PlainObject
  try {
    // Its first byte says that it is a plain object. One with links has its terms beside it.
    value = decodeValue(inline, { registry }) as PlainObject
  } catch (error) {
    if (NOT_HERE.some(code => isRiposteError(error, code))) return { terms: [], cut: true }
    throw error
  }
  return nestedTermsOfValue(value, digestOf, most)
}

/** Of what this process cannot build, nothing is listed: whoever can looks at the value. */
const NOT_HERE = ['ERR_UNKNOWN_CLASS', 'ERR_UNKNOWN_FORMAT'] as const

function argumentTerms(record: StoredRecord, nested: readonly (NestedTerms | undefined)[]): readonly ArgumentTerm[] {
  return record.args.flatMap(({ digest }, position): ArgumentTerm[] => {
    const name = record.names?.[position]
    const whole = { position, name, path: '', digest }
    const inside = nested[position]
    if (inside === undefined) return [whole]
    const terms = inside.terms.map(term => ({ position, name, ...term }))
    return inside.cut ? [whole, ...terms, { position, name, path: CUT_PATH, digest }] : [whole, ...terms]
  })
}
