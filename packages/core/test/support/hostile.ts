import { createRegistry, isRiposteError } from '@riposte/core'
import { decodeValue } from '../../src/codec/decode-value.ts'
import { encodeValue } from '../../src/codec/encode-value.ts'

/** No class is registered, so all code that runs is ours. */
const registry = createRegistry()

/** Bytes from hex digits, in which spaces count for nothing. */
export function hex(digits: string): Uint8Array {
  return new Uint8Array(Buffer.from(digits.replaceAll(' ', ''), 'hex'))
}

export type Outcome = { readonly value: unknown } | { readonly code: string; readonly message: string }

/** Decodes bytes of which nothing is known. An error that is not one of ours is thrown on. */
export function attempt(payload: Uint8Array): Outcome {
  try {
    return { value: decodeValue(payload, { registry }) }
  } catch (error) {
    if (!isRiposteError(error)) throw error
    return { code: error.code, message: error.message }
  }
}

/** What is stored for a value that stands in one node. */
export function payloadOf(value: unknown): Uint8Array {
  return encodeValue(value, { inlineBelow: Number.POSITIVE_INFINITY, registry }).nodes.at(-1)!.payload
}

/** Small values of every kind. */
export const corpus: readonly unknown[] = [
  null,
  [1, -1, 300, 70_000, 2 ** 40, -0, 1.5, Number.NaN],
  ['a', 'é', '\ud800', '', 'text that is longer than most'],
  [undefined, true, false],
  { a: 1, b: { c: [2n ** 70n, -1n] }, [Symbol.for('s')]: 0, ['__proto__']: 1 },
  Object.assign(Object.create(null), { a: 1 }),
  Object.assign([], { 3: 'd' }),
  Array.from({ length: 12 }, (_, i) => i / 2),
  new Map<unknown, unknown>([
    ['k', 1],
    [{ a: 1 }, new Set([1, 'x'])],
  ]),
  [new Date(1e12), /a[b]/gi, new URL('http://example.test/a?b#c'), new URLSearchParams('a=1&b=2')],
  [Object('ab'), Object(1), Object(false), Object(1n), Object(Symbol.for('a'))],
  Object.assign(new RangeError('too far', { cause: new Error('why') }), { code: 'E_FAR' }),
  new AggregateError([new Error('a')], 'all'),
  [new Uint8Array([1, 2]), Buffer.from([3]), new Uint8Array([4]).buffer, new DataView(new ArrayBuffer(2))],
  [new Float64Array([1.5]), new Int16Array([-1, 1]), new BigUint64Array([1n]), new Float32Array([1])],
  Object.assign(['x'], { extra: [1] }),
  Object.assign(new Map([[1, 2]]), { extra: 1 }),
]
