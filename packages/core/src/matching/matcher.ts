/** What a template says of a value, worked out once: pure, and safe from later changes of the template. */
import type { Digest } from '../digest/address.ts'
import { stepTo } from '../digest/path.ts'
import { isRef } from '../ref.ts'
import { cyclicTemplate, digestInTemplate } from './digest-in-template.ts'
import { pointerTo } from './json-pointer.ts'
import { ANY, isExact } from './pattern.ts'
import { isPlainObject, symbolKeys } from './plain-object.ts'

/** Computes digests under the registry of the cache that is asked. */
export type DigestOf = (value: unknown) => Digest

export type Matcher =
  | { readonly kind: 'any' }
  | { readonly kind: 'equals'; readonly digest: Digest }
  /** A plain object that has at least these properties. */
  | { readonly kind: 'partial'; readonly properties: readonly (readonly [key: string, matcher: Matcher])[] }

/**
 * @param path - where in a template it stands, for errors
 * @throws {RiposteError} `ERR_UNDIGESTIBLE`, `ERR_CYCLIC`
 */
export function compilePattern(pattern: unknown, digestOf: DigestOf, path = ''): Matcher {
  const around = new Set<object>()
  const compile = (inner: unknown, at: string): Matcher => {
    if (inner === ANY) return { kind: 'any' }
    if (isRef(inner)) return { kind: 'equals', digest: inner.digest }
    if (isExact(inner)) return { kind: 'equals', digest: digestInTemplate(inner.exact, at, digestOf) }
    if (!isPlainObject(inner)) return { kind: 'equals', digest: digestInTemplate(inner, at, digestOf) }
    if (symbolKeys(inner).length > 0) {
      throw new TypeError('a template names properties by strings, not symbols; match the whole object with exact(…)')
    }
    if (around.has(inner)) throw cyclicTemplate(at)
    around.add(inner)
    const properties = Object.keys(inner).map(key => [key, compile(inner[key], at + stepTo(inner, key))] as const)
    around.delete(inner)
    return { kind: 'partial', properties }
  }
  return compile(pattern, path)
}

/** Whether a value, wholly at hand, is what a template says. */
export function matchesValue(matcher: Matcher, value: unknown, digestOf: DigestOf): boolean {
  switch (matcher.kind) {
    case 'any':
      return true
    case 'equals':
      return digestOf(value) === matcher.digest
    case 'partial':
      return (
        isPlainObject(value) &&
        matcher.properties.every(
          ([key, inner]) => Object.hasOwn(value, key) && matchesValue(inner, value[key], digestOf),
        )
      )
  }
}

/** What a matcher asks of one place in a value. */
export interface Leaf {
  /** JSON Pointer, `''` for the whole. */
  readonly path: string
  readonly asks: { readonly kind: 'present' | 'plain' } | { readonly kind: 'equals'; readonly digest: Digest }
}

/** All that must hold for a matcher to match, place by place. */
export function leavesOf(matcher: Matcher, path = ''): readonly Leaf[] {
  if (matcher.kind === 'any') return [{ path, asks: { kind: 'present' } }]
  if (matcher.kind === 'equals') return [{ path, asks: matcher }]
  if (matcher.properties.length === 0) return [{ path, asks: { kind: 'plain' } }]
  return matcher.properties.flatMap(([key, inner]) => leavesOf(inner, pointerTo(path, key)))
}
