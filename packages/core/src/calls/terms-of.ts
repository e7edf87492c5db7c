import { decodeValue } from '../codec/decode-value.ts'
import { pointerTo } from '../matching/json-pointer.ts'
import type { DigestOf } from '../matching/matcher.ts'
import { isPlainObject, type PlainObject } from '../matching/plain-object.ts'
import type { ArgumentTerm, CallTerms, MetadataTerm, Scalar } from '../ports/call-index.ts'
import type { Registry } from '../registry/registry.ts'
import { holdsPlainObject, nestedTermsOfValue } from './nested-terms.ts'
import type { NestedTerms, StoredPart, StoredRecord } from './stored-record.ts'

/**
 * The path of a term that says: more of this argument could be searched than is listed. It is no JSON Pointer, so no
 * property has it. Whoever searches inside arguments asks for these too, and looks at their values.
 */
export const CUT_PATH = '*'

/** What a record can be found by: a pure function of the record. */
export function termsOf(record: StoredRecord, registry: Registry, digestOf: DigestOf): CallTerms {
  const nested = record.args.map(part => nestedOf(part, registry, digestOf))
  return { ...plainTermsOf(record), args: argumentTerms(record, nested) }
}

/** The same without what stands inside arguments. */
export function plainTermsOf(record: StoredRecord): CallTerms {
  const { identity, result, metadata } = record
  return {
    namespace: identity.namespace,
    name: identity.name,
    version: versionTerm(identity.version),
    args: argumentTerms(record, []),
    result: result.digest,
    metadata: metadataTerms(metadata),
  }
}

/** A version as JSON text, so that `1` and `"1"` differ. */
export function versionTerm(version: string | number | undefined): string | undefined {
  return version === undefined ? undefined : JSON.stringify(version)
}

/** What can be searched inside one argument; `undefined` where it is no plain object. */
export function nestedOf(part: StoredPart, registry: Registry, digestOf: DigestOf): NestedTerms | undefined {
  if (part.inline === undefined || !holdsPlainObject(part.inline)) return part.nested
  // Its first byte says that it is a plain object. Inside a record no argument has links.
  return nestedTermsOfValue(decodeValue(part.inline, { registry }) as PlainObject, digestOf)
}

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

function metadataTerms(metadata: StoredRecord['metadata']): readonly MetadataTerm[] {
  return Object.keys(metadata).flatMap(namespace => {
    const value = metadata[namespace]
    const path = pointerTo('', namespace)
    const whole: MetadataTerm = { path, value: isScalar(value) ? value : undefined }
    if (!isPlainObject(value)) return [whole]
    return [
      whole,
      ...Object.keys(value).map(key => {
        const item = value[key]
        return { path: pointerTo(path, key), value: isScalar(item) ? item : undefined }
      }),
    ]
  })
}

/** Whether a value can be searched by an engine: one that JSON can write, so that no two engines disagree on it. */
export function isScalar(value: unknown): value is Scalar {
  if (typeof value === 'number') return Number.isFinite(value)
  return typeof value === 'string' || typeof value === 'boolean' || value === null
}
