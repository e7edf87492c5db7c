/** Finds where in a value something stands, to name it in an error. Slow, and used for nothing else. */

/** A path such as `.rows[3].name`, `.get("k")` of a Map, `.has(…)` of a Set; `''` for the value itself, or when a getter made it anew. */
export function pathTo(root: unknown, target: unknown, options: { readonly inside?: boolean } = {}): string {
  if (root === target && options.inside !== true) return ''
  const seen = new Set<unknown>([root])
  const queue: { readonly value: unknown; readonly path: string }[] = [{ value: root, path: '' }]
  for (const { value, path } of queue) {
    for (const [step, part] of partsOf(value)) {
      const here = path + step
      if (part === target) return here
      if (typeof part === 'object' && part !== null && !seen.has(part)) {
        seen.add(part)
        queue.push({ value: part, path: here })
      }
    }
  }
  return ''
}

export function joinPaths(outer: string, inner: string): string {
  return outer + inner
}

function* partsOf(value: unknown): Generator<readonly [string, unknown]> {
  if (typeof value !== 'object' || value === null) return
  if (ArrayBuffer.isView(value)) return
  if (value instanceof Map) {
    let i = 0
    for (const [key, element] of value) {
      yield [`.keys()[${i}]`, key]
      yield [entryStep(key, i), element]
      i += 1
    }
  } else if (value instanceof Set) {
    let i = 0
    for (const member of value) {
      yield [`.values()[${i}]`, member]
      i += 1
    }
  }
  if (value instanceof Error) {
    yield ['.cause', value.cause]
    yield ['.errors', (value as { readonly errors?: unknown }).errors]
  }
  for (const key of keysOf(value)) {
    yield [stepTo(value, key), key]
    yield [stepTo(value, key), read(value, key)]
  }
}

function keysOf(value: object): readonly PropertyKey[] {
  try {
    return Reflect.ownKeys(value).filter(key => Object.prototype.propertyIsEnumerable.call(value, key))
  } catch {
    // A revoked proxy has no parts to look at.
    return []
  }
}

function read(value: object, key: PropertyKey): unknown {
  try {
    return (value as Readonly<Record<PropertyKey, unknown>>)[key]
  } catch {
    // A getter that throws has nothing to find.
    return undefined
  }
}

/** The step of a path from a value to its property. */
export function stepTo(value: object, key: PropertyKey): string {
  return Array.isArray(value) && typeof key !== 'symbol' && /^\d+$/.test(String(key))
    ? `[${String(key)}]`
    : propertyStep(key)
}

/** The step to a property, such as `.name` or `["a b"]`. */
export function propertyStep(key: PropertyKey): string {
  if (typeof key === 'symbol') return `[${String(key)}]`
  const text = String(key)
  return /^[A-Za-z_$][\w$]*$/.test(text) ? `.${text}` : `[${JSON.stringify(text)}]`
}

/** The step to what stands under the key of a Map, such as `.get("k")`; where the key is no primitive, `.values()[3]`. */
export function entryStep(key: unknown, place: number): string {
  if ((typeof key === 'object' && key !== null) || typeof key === 'symbol') return `.values()[${place}]`
  return `.get(${typeof key === 'bigint' ? `${key}n` : (JSON.stringify(key) ?? String(key))})`
}
