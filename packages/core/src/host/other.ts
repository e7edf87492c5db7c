/** What differs between Node and other hosts. This is the half of all others, such as browsers. */

import type { Holder } from '../ports/leases.ts'
import type { Compressor } from './compressor.ts'
import type { OperationChannel } from './operation-channel.ts'

/** Elsewhere nobody looks for it. */
export const INSPECT: unique symbol = /* @__PURE__ */ Symbol()

export function inspectRecord(): string {
  return ''
}

export const bufferPrototype: object | undefined = undefined

/** Where there is no Buffer, its bytes. */
export function bufferOver(memory: ArrayBuffer): Uint8Array {
  return new Uint8Array(memory)
}

/** Bytes as a string of one character each, for comparing and for keys. */
export function latin1(bytes: Uint8Array, start: number, end: number): string {
  let text = ''
  for (let at = start; at < end; at += 8192) {
    text += String.fromCharCode(...bytes.subarray(at, Math.min(end, at + 8192)))
  }
  return text
}

const DIGITS: readonly string[] = /* @__PURE__ */ Array.from({ length: 256 }, (_, byte) =>
  byte.toString(16).padStart(2, '0'),
)

/** Bytes as lower-case hex digits. */
export function hex(bytes: Uint8Array, start: number, end: number): string {
  let text = ''
  for (let at = start; at < end; at += 1) text += DIGITS[bytes[at]!]
  return text
}

const decoder = /* @__PURE__ */ new TextDecoder('utf-8', { ignoreBOM: true })

/** UTF-8 as a string. The bytes must be well-formed. */
export function utf8(bytes: Uint8Array, start: number, end: number): string {
  return decoder.decode(bytes.subarray(start, end))
}

/** Elsewhere a proxy cannot be told from what it stands for. */
export function isProxy(_value: object): boolean {
  return false
}

const BRANDS: readonly [object, string][] = [
  [Map.prototype, 'size'],
  [Set.prototype, 'size'],
  [ArrayBuffer.prototype, 'byteLength'],
]

/** Whether a value has internal state that its own properties do not show, though `Object.prototype.toString` calls it an object. */
export function hasInternalState(value: object): boolean {
  if (ArrayBuffer.isView(value)) return true
  return BRANDS.some(([prototype, name]) => {
    try {
      Object.getOwnPropertyDescriptor(prototype, name)?.get?.call(value)
      return true
    } catch {
      // The getter refuses what is not of its kind: that is the answer.
      return false
    }
  })
}

/** Whether a large array or view may have enumerable properties beside its elements: takes time with its length. */
export function mayHaveExtras(value: object): boolean {
  return Object.keys(value).length !== (value as { length: number }).length
}

let instance: string | undefined

/** Elsewhere there is nobody to ask for processes and threads: each instance of this module, as of two tabs, is one. */
export function thisThread(): Holder {
  instance ??= hex(crypto.getRandomValues(new Uint8Array(16)), 0, 16)
  return { host: 'unknown', pid: 0, started: '', thread: instance }
}

export function lifeOf(_holder: Holder): 'running' | 'ended' | 'unknown' {
  return 'unknown'
}

/** Elsewhere there are no files. */
export function homeFolder(): string | undefined {
  return undefined
}

export function pathOfFileUrl(_href: string): string {
  throw new TypeError('there are no files here')
}

/** Elsewhere there is none that answers at once. */
export const brotli: Compressor | undefined = undefined
export const zstd: Compressor | undefined = undefined

/** Elsewhere there is nothing to publish to. */
export const storeOperations: OperationChannel = {
  isHeard: () => false,
  run: (_event, operation) => operation(),
  begin() {},
  end() {},
}
