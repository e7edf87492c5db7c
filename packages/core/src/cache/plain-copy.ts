/** A value that a copy of it can be made of: nothing but plain arrays, plain objects and primitive values. */
export type Plain = readonly unknown[] | { readonly [key: string]: unknown }

/** Levels of a value that is copied by recursion. Whoever asks for a copy may have used most of the stack. */
const MOST_LEVELS = 100

/** Whether an object that was just built from its stored form is such a value, with all its parts, of so many levels at most. */
export function isPlain(value: object, levels: number = MOST_LEVELS): value is Plain {
  if (levels === 0) return false
  const isArray = Array.isArray(value)
  // An array of a class is that class's to build.
  if (Object.getPrototypeOf(value) !== (isArray ? Array.prototype : Object.prototype)) return false
  const keys = Reflect.ownKeys(value)
  // Indices come first, the length next: so neither an element is missing, nor is there anything else, which would be lost.
  if (isArray && (keys[value.length] !== 'length' || keys.length !== value.length + 1)) return false
  if (keys.some(key => typeof key === 'symbol')) return false
  return Object.values(value).every(part => (isObject(part) ? isPlain(part, levels - 1) : typeof part !== 'function'))
}

/** A copy with parts of its own: 0.05 µs for ten fields, against 0.6 from the stored form. */
export function copyPlain<T extends Plain>(value: T): T
export function copyPlain(value: Plain): Plain {
  if (Array.isArray(value)) return value.map(copyPart)
  const copy: Record<string, unknown> = { ...value }
  for (const key in copy) {
    const part = copy[key]
    // Every key is an own one by now, `__proto__` too, so that nothing but it is written.
    if (isObject(part)) copy[key] = copyPart(part)
  }
  return copy
}

function copyPart(part: unknown): unknown {
  // A part of a plain value is plain.
  return isObject(part) ? copyPlain(part as Plain) : part
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
