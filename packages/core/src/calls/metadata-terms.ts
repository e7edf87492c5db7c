import { pointerTo } from '../matching/json-pointer.ts'
import { isPlainObject, type PlainObject } from '../matching/plain-object.ts'
import type { MetadataTerm, Scalar } from '../ports/call-index.ts'
import { CUT_PATH } from './cut-path.ts'
import type { StoredRecord } from './stored-record.ts'

/**
 * Values deeper than those in a namespace that can be searched, nearest first: of all namespaces together. Those in
 * namespaces all can.
 */
export const MAX_DEEP_TERMS = 64

/** What metadata can be found by: its scalars in plain objects, and that what is no scalar is there. */
export function metadataTerms(metadata: StoredRecord['metadata']): readonly MetadataTerm[] {
  const terms: MetadataTerm[] = []
  const below: (readonly [path: string, value: PlainObject])[] = []
  for (const namespace of Object.keys(metadata)) {
    const value = metadata[namespace]
    const path = pointerTo('', namespace)
    terms.push(term(path, value))
    if (!isPlainObject(value)) continue
    for (const key of Object.keys(value)) {
      const item = value[key]
      const at = pointerTo(path, key)
      terms.push(term(at, item))
      if (isPlainObject(item)) below.push([at, item])
    }
  }
  const most = terms.length + MAX_DEEP_TERMS
  // Breadth first, so that what is cut lies deepest.
  for (const [path, value] of below) {
    for (const key of Object.keys(value)) {
      if (terms.length === most) return [...terms, term(CUT_PATH, undefined)]
      const item = value[key]
      const at = pointerTo(path, key)
      terms.push(term(at, item))
      if (isPlainObject(item)) below.push([at, item])
    }
  }
  return terms
}

function term(path: string, value: unknown): MetadataTerm {
  return { path, value: isScalar(value) ? value : undefined }
}

/** Whether a value can be searched by an engine: one that JSON can write, so that no two engines disagree on it. */
export function isScalar(value: unknown): value is Scalar {
  if (typeof value === 'number') return Number.isFinite(value)
  return typeof value === 'string' || typeof value === 'boolean' || value === null
}
