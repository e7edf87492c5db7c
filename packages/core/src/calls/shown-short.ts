import { ANY, isExact } from '../matching/pattern.ts'
import { isRef } from '../ref.ts'

/** Characters that one value may take. */
const WIDTH = 60
/** Items of a container that are shown. */
const ITEMS = 5
const DEPTH = 3

/** A value as one short line, for people: much of it may be left out. */
export function shownShort(value: unknown): string {
  return cut(show(value, 0), WIDTH)
}

function show(value: unknown, depth: number): string {
  if (typeof value === 'string') return JSON.stringify(cut(value, WIDTH))
  if (value === ANY) return 'ANY'
  if (typeof value === 'bigint') return `${cut(String(value), WIDTH)}n`
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? '-0' : String(value)
  if (isExact(value)) return `exact(${show(value.exact, depth)})`
  if (isRef(value)) return `ref ${value.digest.slice(0, 8)}…`
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString()
  if (value instanceof RegExp || value instanceof URL) return String(value)
  if (value instanceof Error) return `${value.name}: ${value.message}`
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `${nameOf(value)}(${value.byteLength} bytes)`
  if (depth === DEPTH) return Array.isArray(value) ? '[…]' : '{…}'
  const shown = (item: unknown): string => show(item, depth + 1)
  if (Array.isArray(value)) return `[${list(value.slice(0, ITEMS).map(shown), value.length)}]`
  if (value instanceof Map) {
    const pairs = Array.from(value).slice(0, ITEMS)
    return `Map { ${list(
      pairs.map(([key, item]) => `${shown(key)} => ${shown(item)}`),
      value.size,
    )} }`
  }
  if (value instanceof Set) return `Set { ${list(Array.from(value).slice(0, ITEMS).map(shown), value.size)} }`
  const keys = Object.keys(value)
  // What is shown is an object; its properties are looked at as they are.
  const properties = keys
    .slice(0, ITEMS)
    .map(key => `${key}: ${shown((value as { readonly [key: string]: unknown })[key])}`)
  const name = nameOf(value)
  return `${name === 'Object' ? '' : `${name} `}{ ${list(properties, keys.length)} }`
}

function list(items: readonly string[], count: number): string {
  return (count > items.length ? [...items, '…'] : items).join(', ')
}

function nameOf(value: object): string {
  const type: unknown = value.constructor
  return typeof type === 'function' ? type.name : 'Object'
}

/** Not between the halves of a surrogate pair. */
function cut(text: string, width: number): string {
  if (text.length <= width) return text
  const end = /[\ud800-\udbff]/.test(text[width - 2]!) ? width - 2 : width - 1
  return `${text.slice(0, end)}…`
}
