/** Copies that share no memory with a value, in which objects, Maps and Sets have the opposite order. */

type Copier = (value: unknown) => unknown

/** A value built again: deep-equal, in another order, nothing of it the same object. */
export function rebuilt(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  const base = rebuiltBase(value)
  const isElement = isElementOf(value)
  const target = base as Record<PropertyKey, unknown>
  for (const key of Reflect.ownKeys(value).reverse()) {
    if (isElement(key) || !Object.prototype.propertyIsEnumerable.call(value, key)) continue
    define(target, key, rebuilt((value as Readonly<Record<PropertyKey, unknown>>)[key]), true)
  }
  return base
}

/** The object without the properties that are copied one by one. */
function rebuiltBase(value: object): object {
  if (Array.isArray(value)) return rebuiltArray(value, rebuilt)
  if (value instanceof Map) return new Map([...value].reverse().map(([key, part]) => [rebuilt(key), rebuilt(part)]))
  if (value instanceof Set) return new Set([...value].reverse().map(rebuilt))
  if (value instanceof Date) return new Date(value.getTime())
  if (value instanceof RegExp)
    return Object.assign(new RegExp(value.source, value.flags), { lastIndex: value.lastIndex })
  if (value instanceof Error) return rebuiltError(value)
  if (value instanceof URL) return new URL(value.href)
  if (value instanceof URLSearchParams) return new URLSearchParams([...value])
  if (Buffer.isBuffer(value)) return Buffer.from(value)
  if (value instanceof ArrayBuffer) return value.slice(0)
  if (value instanceof DataView)
    return new DataView(value.buffer.slice(value.byteOffset, value.byteOffset + value.byteLength))
  // Whatever view is left is a typed array.
  if (ArrayBuffer.isView(value)) return (value as Uint8Array).slice()
  if ([Number, String, Boolean, BigInt, Symbol].some(type => value instanceof type)) return Object(value.valueOf())
  return Object.create(Object.getPrototypeOf(value))
}

function rebuiltArray(value: readonly unknown[], copy: Copier): unknown[] {
  const array: unknown[] = []
  array.length = value.length
  value.forEach((element, i) => {
    array[i] = copy(element)
  })
  return array
}

function rebuiltError(value: Error): Error {
  const error = Object.setPrototypeOf(new Error(), Object.getPrototypeOf(value))
  for (const name of ['name', 'message', 'cause', 'errors']) {
    const field = Object.getOwnPropertyDescriptor(value, name)
    if (field?.enumerable === false) define(error, name, rebuilt(field.value), false)
  }
  return error
}

/** Which keys stand for what the base already has. */
function isElementOf(value: object): (key: PropertyKey) => boolean {
  const isIndexed = Array.isArray(value) || ArrayBuffer.isView(value) || value instanceof String
  return key =>
    isIndexed &&
    typeof key === 'string' &&
    /^(0|[1-9]\d*)$/.test(key) &&
    Number(key) < (value as { length: number }).length
}

export function define(target: object, key: PropertyKey, value: unknown, enumerable: boolean): void {
  Object.defineProperty(target, key, { value, writable: true, enumerable, configurable: true })
}
