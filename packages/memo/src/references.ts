/** Finds `ref`s inside arguments, and puts values in their place. Pure. Instances of classes are not looked into. */
import { type Digest, isRef } from '@riposte/core'

/** The `ref`s in arguments. */
export interface FoundReferences {
  /** Those that are an argument themselves. */
  readonly whole: ReadonlySet<Digest>
  /** Those that stand inside one. */
  readonly nested: ReadonlySet<Digest>
  /** What has to be copied to replace them: what holds one, directly or through its parts. */
  readonly holders: ReadonlySet<object>
}

/**
 * `undefined` where there are none. Takes time linear in the size of the values that are looked into; depth is no matter.
 *
 * @param isLookedInto - whether the value at a position may hold some; else it is read only as far as it may be one
 */
export function findReferences(
  values: readonly unknown[],
  isLookedInto: (at: number) => boolean = ALL,
): FoundReferences | undefined {
  const whole = new Set<Digest>()
  const nested = new Set<Digest>()
  const holding: object[] = []
  const containers: object[] = []
  const parents = new Map<object, object[]>()
  let at = 0
  const visit = (part: unknown, parent: object | undefined): void => {
    if (typeof part !== 'object' || part === null) return
    if (isRef(part)) {
      if (parent === undefined) whole.add(part.digest)
      else {
        nested.add(part.digest)
        holding.push(parent)
      }
      return
    }
    if (parent === undefined && !isLookedInto(at)) return
    if (!hasParts(part)) return
    const known = parents.get(part)
    if (known === undefined) {
      parents.set(part, parent === undefined ? [] : [parent])
      containers.push(part)
    } else if (parent !== undefined) known.push(parent)
  }
  for (; at < values.length; at += 1) visit(values[at], undefined)
  // The list grows while it is walked.
  for (const container of containers) visitParts(container, part => visit(part, container))
  if (whole.size + nested.size === 0) return undefined
  return { whole, nested, holders: upwards(holding, parents) }
}

const ALL = (): boolean => true

/** The values with what is known in place of `ref`s. What holds none of them stays the object that it is. */
export function replaceReferences(
  values: readonly unknown[],
  { holders }: FoundReferences,
  known: ReadonlyMap<Digest, unknown>,
): readonly unknown[] {
  const copies = new Map<object, object>()
  for (const holder of holders) copies.set(holder, emptyLike(holder))
  const replaced = (part: unknown): unknown => {
    if (typeof part !== 'object' || part === null) return part
    if (isRef(part)) return known.has(part.digest) ? known.get(part.digest) : part
    return copies.get(part) ?? part
  }
  for (const [holder, copy] of copies) fill(copy, holder, replaced)
  return values.map(replaced)
}

function hasParts(value: object): boolean {
  if (Array.isArray(value) || value instanceof Map || value instanceof Set) return true
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

function visitParts(container: object, visit: (part: unknown) => void): void {
  if (Array.isArray(container)) {
    // By index: a large array of numbers is walked fast.
    for (let at = 0; at < container.length; at += 1) visit(container[at])
  } else if (container instanceof Map) {
    for (const [key, value] of container) {
      visit(key)
      visit(value)
    }
  } else if (container instanceof Set) for (const member of container) visit(member)
  else for (const value of Object.values(container)) visit(value)
}

function upwards(from: readonly object[], parents: ReadonlyMap<object, readonly object[]>): ReadonlySet<object> {
  const reached = new Set(from)
  // A set may grow while it is walked.
  for (const object of reached) for (const parent of parents.get(object) ?? []) reached.add(parent)
  return reached
}

function emptyLike(holder: object): object {
  if (Array.isArray(holder)) return new Array(holder.length)
  if (holder instanceof Map) return new Map()
  if (holder instanceof Set) return new Set()
  return Object.create(Object.getPrototypeOf(holder) as object | null) as object
}

function fill(copy: object, holder: object, replaced: (part: unknown) => unknown): void {
  if (holder instanceof Map && copy instanceof Map) {
    for (const [key, value] of holder) copy.set(replaced(key), replaced(value))
  }
  if (holder instanceof Set && copy instanceof Set) for (const member of holder) copy.add(replaced(member))
  for (const key of Reflect.ownKeys(holder)) {
    if (!Object.prototype.propertyIsEnumerable.call(holder, key)) continue
    // Defined, not set: `__proto__` is a key like any other.
    Object.defineProperty(copy, key, {
      value: replaced((holder as Readonly<Record<PropertyKey, unknown>>)[key]),
      enumerable: true,
      writable: true,
      configurable: true,
    })
  }
}
