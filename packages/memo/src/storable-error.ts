/** Classes of errors that the language has, special ones first. */
const BUILT_IN = [EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError]

/** What is recorded of something that was thrown. */
export interface StorableError {
  readonly stored: unknown
  /** The classes of which it, or what is in it, will no longer be an instance. */
  readonly lost: ReadonlySet<string>
}

/**
 * What is recorded of something that was thrown: itself, if it can be; of an error whose class is not registered, one
 * of the nearest class that the language has, with the same name, message, cause and properties.
 */
export function storableError(error: unknown, canBeStored: (value: unknown) => boolean): StorableError {
  const copies = new Map<Error, Error>()
  const lost = new Set<string>()
  const storable = (part: unknown): unknown => {
    if (!(part instanceof Error) || canBeStored(part)) return part
    const known = copies.get(part)
    if (known !== undefined) return known
    const copy = emptyLike(part)
    copies.set(part, copy)
    if (Object.getPrototypeOf(copy) !== Object.getPrototypeOf(part)) lost.add(classOf(part))
    define(copy, 'message', part.message, false)
    if (part.name !== copy.name) define(copy, 'name', part.name, false)
    if (part instanceof AggregateError) define(copy, 'errors', part.errors.map(storable), false)
    for (const key of Reflect.ownKeys(part)) {
      const { enumerable = false } = Object.getOwnPropertyDescriptor(part, key) ?? {}
      // The language gives every error a message and a stack.
      if (key === 'cause' || (enumerable && key !== 'message' && key !== 'stack')) {
        define(copy, key, storable((part as unknown as Readonly<Record<PropertyKey, unknown>>)[key]), enumerable)
      }
    }
    return copy
  }
  return { stored: storable(error), lost }
}

function classOf(error: Error): string {
  const type: unknown = error.constructor
  return typeof type === 'function' ? type.name : error.name
}

function emptyLike(error: Error): Error {
  if (error instanceof AggregateError) return new AggregateError([])
  const Nearest = BUILT_IN.find(type => error instanceof type) ?? Error
  return new Nearest()
}

function define(target: Error, key: PropertyKey, value: unknown, enumerable: boolean): void {
  Object.defineProperty(target, key, { value, enumerable, writable: true, configurable: true })
}
