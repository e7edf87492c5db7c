/** Changes of one place, each the kind that a careless digest does not see. */
import { define } from './copies.ts'

/** A place in a value: what stands there, and how to put something else. */
interface Place {
  readonly value: unknown
  put(value: unknown): void
}

/**
 * Changes one place of a value that nobody else holds, the value itself included. `where` and `how` choose among the
 * places and changes there are; the result differs nearly always.
 */
export function withOneChange(value: unknown, where: number, how: number): unknown {
  let root = value
  const places: Place[] = [{ value, put: other => (root = other) }]
  collect(value, places)
  const place = places[where % places.length]!
  const others = likenessesOf(place.value)
  place.put(others[how % others.length])
  return root
}

function collect(value: unknown, places: Place[]): void {
  if (places.length > 2000 || typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return
  const add = (part: unknown, put: (other: unknown) => void): void => {
    places.push({ value: part, put })
    collect(part, places)
  }
  if (value instanceof Map) {
    for (const [key, part] of [...value]) {
      add(part, other => value.set(key, other))
      add(key, other => {
        value.delete(key)
        value.set(other, part)
      })
    }
  } else if (value instanceof Set) {
    for (const member of [...value]) {
      add(member, other => {
        value.delete(member)
        value.add(other)
      })
    }
  }
  for (const key of Reflect.ownKeys(value)) {
    const property = Object.getOwnPropertyDescriptor(value, key)!
    if (!property.configurable || key === 'stack') continue
    add(property.value, other => define(value, key, other, property.enumerable ?? false))
  }
}

function likenessesOf(value: unknown): readonly unknown[] {
  switch (typeof value) {
    case 'number':
      return [
        -value,
        value + 1,
        String(value),
        Object(value),
        Number.isSafeInteger(value) ? BigInt(value) : undefined,
        [value],
        new Date(Number.isFinite(value) ? Math.trunc(value % 1e15) : 0),
      ]
    case 'string':
      return [
        `${value} `,
        `${value}\u0301`,
        value.slice(1),
        value.normalize('NFD'),
        `${value}\ud800`,
        Object(value),
        [...value].slice(0, 40),
        Symbol.for(value),
        Number(value),
      ]
    case 'boolean':
      return [!value, Number(value), String(value), Object(value)]
    case 'undefined':
      return [null, 'undefined', {}, []]
    case 'bigint':
      return [-value, value + 1n, Number(value), String(value), Object(value)]
    case 'symbol':
      return [String(value), Symbol.keyFor(value), Object(value)]
    default:
      return value === null ? [undefined, {}, 'null', 0] : objectsLike(value as object)
  }
}

function objectsLike(value: object): readonly unknown[] {
  const entries = Object.entries(value).slice(0, 50)
  const others: unknown[] = [
    [value],
    { value },
    Object.assign(Object.create(null), value),
    Object.fromEntries(entries.slice(1)),
    Object.defineProperty({ ...value }, 'extra', { value: undefined, enumerable: true }),
    { ...value, [Symbol.for('extra')]: 1 },
    new Map(entries),
    new Set(entries.map(([, part]) => part)),
  ]
  if (Array.isArray(value)) {
    const without = value.slice()
    delete without[0]
    others.push(
      value.slice(1),
      [...value, undefined],
      Object.assign(value.slice(), { x: 1 }),
      without,
      value.toReversed(),
      { ...value, length: value.length },
    )
  }
  if (value instanceof Map)
    others.push(
      [...value],
      Object.assign(new Map(value), { x: 1 }),
      new Map([...value].map(([key, part]) => [part, key])),
    )
  if (value instanceof Set) others.push([...value], Object.assign(new Set(value), { x: 1 }), new Set([...value, {}]))
  if (value instanceof Date) others.push(value.getTime(), value.toISOString(), new Date(value.getTime() - 1))
  if (value instanceof Error)
    others.push(
      value.message,
      Object.assign(new Error(value.message), { cause: value.cause }),
      new EvalError(value.message),
    )
  if (value instanceof Uint8Array)
    others.push([...value], Buffer.from(value), Uint8Array.from(value), Int8Array.from(value), value.slice().buffer)
  return others
}
