/** What a cache has noted of each call that is computed over it, beside what its function says. */
import { shownValue } from '../shown-value.ts'

/** Labels of calls, for people and queries. Not part of the key. */
export interface Tags {
  readonly [name: string]: string | number | boolean
}

/** What is noted of the circumstances of a computed call, as metadata of these namespaces. */
export type Collectable = 'environment' | 'git' | 'resources'

export const COLLECTABLE: readonly Collectable[] = ['environment', 'git', 'resources']

/** Whether a value is an object of tags. */
export function areTags(value: unknown): value is Tags {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every(isTag)
}

export function isTag(value: unknown): boolean {
  return ['string', 'number', 'boolean'].includes(typeof value)
}

/** What of each call is noted. */
export interface Noted {
  readonly tags: Tags | undefined
  readonly collect: readonly Collectable[]
}

/** @throws {TypeError} that says what was expected and what came */
export function checkNoted({ tags, collect = [] }: { readonly tags?: unknown; readonly collect?: unknown }): Noted {
  if (tags !== undefined && !areTags(tags)) {
    throw new TypeError(`expected tags as an object of strings, numbers and booleans; got ${shownValue(tags)}`)
  }
  if (!Array.isArray(collect) || !collect.every(isCollectable)) {
    throw new TypeError(`expected collect as an array of ${COLLECTABLE.join(', ')}; got ${shownValue(collect)}`)
  }
  return { tags, collect }
}

export function isCollectable(value: unknown): value is Collectable {
  return COLLECTABLE.some(one => one === value)
}
