/**
 * Freezes a value and all its parts. Says whether nobody can change any of it now: a Map, Set, Date, byte array or
 * instance of a class keeps state that freezing does not reach.
 */
export function deepFreeze(value: unknown): boolean {
  let whole = true
  const left = [value]
  const seen = new Set<object>()
  // A list of what is left instead of recursion: values may be deeper than the stack.
  for (let item = left.pop(); item !== undefined || left.length > 0; item = left.pop()) {
    if (typeof item !== 'object' || item === null || seen.has(item)) continue
    seen.add(item)
    if (ArrayBuffer.isView(item)) {
      // The language refuses to freeze these.
      whole = false
      continue
    }
    whole = whole && isAllProperties(item)
    Object.freeze(item)
    for (const key of Reflect.ownKeys(item)) left.push((item as Readonly<Record<PropertyKey, unknown>>)[key])
    if (item instanceof Map) for (const [key, part] of item) left.push(key, part)
    // One by one: to spread more than the stack holds fails.
    if (item instanceof Set) for (const part of item) left.push(part)
  }
  return whole
}

/** Whether an object is no more than its own properties. */
function isAllProperties(item: object): boolean {
  if (Array.isArray(item) || item instanceof Error) return true
  const prototype: unknown = Object.getPrototypeOf(item)
  return prototype === null || prototype === Object.prototype
}
