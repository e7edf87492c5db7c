/**
 * What kind of value an object is: by its prototype, and then by asking for internal state that only the real thing
 * has. A proxy or an imitation is no kind at all.
 */
import { bufferPrototype, hasInternalState } from '#host'
import { ERROR_NAMES, VIEW_TAGS } from './format.ts'
import { LAZY_HANDLE, lazyHandle } from './lazy-handle.ts'

export type Kind =
  | { readonly name: 'map' | 'set' | 'date' | 'regexp' | 'url' | 'searchParams' | 'boxed' }
  | { readonly name: 'arrayBuffer' | 'sharedArrayBuffer' | 'dataView' | 'buffer' }
  | { readonly name: 'view'; readonly tag: number | undefined }
  | { readonly name: 'error'; readonly type: string }

type Prototyped = { readonly prototype: object }

/** Throws, or returns false, where a value only looks like one of the kind. */
type Proof = (value: object) => boolean

const tagOf = Object.prototype.toString
const byTag =
  (tag: string): Proof =>
  value =>
    tagOf.call(value) === tag

/** A getter that refuses anything without the internal state of its kind. */
function byGetter(prototype: object, name: string): Proof {
  const getter = Object.getOwnPropertyDescriptor(prototype, name)?.get
  return value => {
    getter?.call(value)
    return getter !== undefined
  }
}

function buildKinds(): ReadonlyMap<object, { readonly kind: Kind; readonly proof: Proof }> {
  const kinds = new Map<object, { kind: Kind; proof: Proof }>()
  const add = (prototype: object, kind: Kind, proof: Proof): void => {
    kinds.set(prototype, { kind, proof })
  }
  const isView: Proof = value => ArrayBuffer.isView(value)

  add(Map.prototype, { name: 'map' }, byGetter(Map.prototype, 'size'))
  add(Set.prototype, { name: 'set' }, byGetter(Set.prototype, 'size'))
  add(Date.prototype, { name: 'date' }, byTag('[object Date]'))
  add(RegExp.prototype, { name: 'regexp' }, byTag('[object RegExp]'))
  for (const { prototype } of [Number, String, Boolean, BigInt, Symbol] as readonly Prototyped[]) {
    add(prototype, { name: 'boxed' }, value => typeof Reflect.apply(prototype.valueOf, value, []) !== 'object')
  }
  add(ArrayBuffer.prototype, { name: 'arrayBuffer' }, byGetter(ArrayBuffer.prototype, 'byteLength'))
  if (typeof SharedArrayBuffer === 'function') {
    add(SharedArrayBuffer.prototype, { name: 'sharedArrayBuffer' }, byGetter(SharedArrayBuffer.prototype, 'byteLength'))
  }
  add(DataView.prototype, { name: 'dataView' }, isView)
  for (const [name, tag] of Object.entries(VIEW_TAGS)) {
    const type = (globalThis as unknown as Readonly<Record<string, Prototyped | undefined>>)[name]
    if (type !== undefined) add(type.prototype, { name: 'view', tag }, isView)
  }
  if (bufferPrototype !== undefined) add(bufferPrototype, { name: 'buffer' }, isView)
  for (const name of ERROR_NAMES) {
    // The error classes are globals of every host, by the names in the list.
    const type = (globalThis as unknown as Readonly<Record<string, Prototyped>>)[name]!
    add(type.prototype, { name: 'error', type: name }, byTag('[object Error]'))
  }
  if (typeof URL === 'function') add(URL.prototype, { name: 'url' }, byGetter(URL.prototype, 'href'))
  if (typeof URLSearchParams === 'function') {
    add(URLSearchParams.prototype, { name: 'searchParams' }, value => {
      URLSearchParams.prototype.has.call(value, '')
      return true
    })
  }
  return kinds
}

const KINDS = /* @__PURE__ */ buildKinds()

/** The built-in kind of an object with this prototype; `undefined` for others, for proxies of them and for imitations. */
export function kindOf(value: object, prototype: object): Kind | undefined {
  const known = KINDS.get(prototype)
  if (known === undefined) return undefined
  try {
    return known.proof(value) ? known.kind : undefined
  } catch {
    // The proof asked for internal state that the value does not have: that is the answer.
    return undefined
  }
}

/** Whether an object whose prototype is some realm's `Object.prototype`, or null, is no more than its properties. */
export function isPlain(value: object, keyCount: number): boolean {
  // 11 ns; what has no own keys may be a Map or the like with its prototype swapped, which only asking tells.
  return tagOf.call(value) === '[object Object]' && !(keyCount === 0 && hasInternalState(value))
}

/** Whether a prototype is the `Object.prototype` of another realm, such as a vm context's. */
export function isForeignObjectPrototype(prototype: object): boolean {
  return Object.getPrototypeOf(prototype) === null && isNamed(prototype, 'Object') && 'isPrototypeOf' in prototype
}

/** Whether a prototype is the `Array.prototype` of another realm. */
export function isForeignArrayPrototype(prototype: object): boolean {
  return Array.isArray(prototype) && isNamed(prototype, 'Array')
}

function isNamed(prototype: object, name: string): boolean {
  const descriptor = Object.getOwnPropertyDescriptor(prototype, 'constructor')
  return typeof descriptor?.value === 'function' && descriptor.value.name === name
}

/** What to call a value in a message. */
export function describe(value: unknown): string {
  if (typeof value === 'function') return value.name ? `function ${value.name}` : 'anonymous function'
  if (typeof value === 'symbol') return String(value)
  if (typeof value !== 'object' || value === null) return typeof value
  try {
    if (lazyHandle in value) return LAZY_HANDLE
    const prototype = Object.getPrototypeOf(value)
    const name = prototype?.constructor?.name
    return typeof name === 'string' && name !== '' && name !== 'Object' ? `instance of ${name}` : tagOf.call(value)
  } catch {
    // A revoked proxy refuses every question.
    return 'revoked proxy'
  }
}
