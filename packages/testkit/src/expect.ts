import { isRiposteError, type MaybePromise } from '@riposte/core'

/** Fails with what was expected and what came. */
export function fail(what: string, expected: unknown, actual: unknown): never {
  throw new Error(`${what}: expected ${show(expected)}, got ${show(actual)}`)
}

/** Compares by type and content: scalars, bytes, and arrays of these. */
export function equal(actual: unknown, expected: unknown, what: string): void {
  if (!isSame(actual, expected)) fail(what, expected, actual)
}

export function isTrue(holds: boolean, what: string): void {
  if (!holds) throw new Error(what)
}

/** `actual` is the first bytes of `whole`, at least `least` of them or all there are. */
export function isPrefix(actual: Uint8Array | undefined, whole: Uint8Array, least: number, what: string): void {
  if (actual === undefined) fail(what, whole, actual)
  if (actual.length < Math.min(least, whole.length)) fail(`${what}: length`, `at least ${least}`, actual.length)
  equal(actual, whole.subarray(0, actual.length), what)
}

/** The operation throws or rejects with this code of `RiposteError`. */
export async function failsWith(
  code: 'ERR_CLOSED' | 'ERR_REJECTED',
  what: string,
  operation: () => MaybePromise<unknown>,
): Promise<void> {
  const error = await errorOf(operation)
  if (!isRiposteError(error, code)) fail(what, code, error ?? 'no error')
}

/** The operation throws or rejects with a `TypeError`. */
export async function failsWithTypeError(what: string, operation: () => MaybePromise<unknown>): Promise<void> {
  const error = await errorOf(operation)
  if (!(error instanceof TypeError)) fail(what, 'a TypeError', error ?? 'no error')
}

async function errorOf(operation: () => MaybePromise<unknown>): Promise<unknown> {
  try {
    await operation()
  } catch (error) {
    return error
  }
  return undefined
}

function isSame(a: unknown, b: unknown): boolean {
  if (a instanceof Uint8Array && b instanceof Uint8Array) {
    return a.length === b.length && a.every((byte, i) => byte === b[i])
  }
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, i) => isSame(item, b[i]))
  return Object.is(a, b)
}

function show(value: unknown): string {
  if (value instanceof Uint8Array) return showBytes(value)
  if (value instanceof Error) return `${value.name}: ${value.message}`
  if (Array.isArray(value))
    return `[${value.slice(0, 8).map(show).join(', ')}${value.length > 8 ? `, … ${value.length}` : ''}]`
  return typeof value === 'string' ? JSON.stringify(value) : String(value)
}

function showBytes(bytes: Uint8Array): string {
  const start = Array.from(bytes.subarray(0, 8), byte => byte.toString(16).padStart(2, '0')).join('')
  return `${bytes.length} bytes ${start}${bytes.length > 8 ? '…' : ''}`
}
