/** Which parts of a value a lazy handle leads to, and what stands there. */

/** A path to every part, the value itself first. */
export function pathsOf(value: unknown): readonly (readonly unknown[])[] {
  const paths: unknown[][] = [[]]
  for (const path of paths) {
    if (paths.length > 100) break
    for (const key of keysOf(reached(value, path))) paths.push([...path, key])
  }
  return paths
}

export function reached(value: unknown, path: readonly unknown[]): unknown {
  return path.reduce<unknown>((whole, key) => {
    return whole instanceof Map ? whole.get(key) : (whole as Readonly<Record<PropertyKey, unknown>>)[key as PropertyKey]
  }, value)
}

function keysOf(value: unknown): readonly unknown[] {
  if (value instanceof Map) {
    // Of keys that are equal the first is found.
    return [...value.keys()].filter(key => typeof key !== 'object' || key === null)
  }
  if (Array.isArray(value)) return Reflect.ownKeys(value).filter(key => key !== 'length')
  const prototype = typeof value === 'object' && value !== null ? Object.getPrototypeOf(value) : undefined
  return prototype === Object.prototype || prototype === null ? Reflect.ownKeys(value as object) : []
}
