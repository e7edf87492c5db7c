declare const valueBrand: unique symbol
declare const callBrand: unique symbol
declare const phantom: unique symbol

/** SHA-256 of a value's canonical encoding as 64 lower-case hex digits. `T` is the value's type. */
export type Digest<T = unknown> = string & {
  readonly [valueBrand]: true
  readonly [phantom]?: (() => T) | undefined
}

/** SHA-256 of a call's identity and arguments as 64 lower-case hex digits: addresses a call record, never a value. */
export type CallDigest<R = unknown> = string & { readonly [callBrand]: R }

const FULL = /^[0-9a-f]{64}$/

/** Whether `text` is written like a digest: 64 lower-case hex digits. */
export function isDigest(text: unknown): text is Digest {
  return typeof text === 'string' && FULL.test(text)
}

/**
 * Takes text that was a digest before, such as one read from a log, for a digest again.
 *
 * @throws {TypeError} when it is not 64 lower-case hex digits
 */
export function asDigest<T = unknown>(text: string): Digest<T> {
  if (!isDigest(text)) {
    throw new TypeError(`expected a digest, 64 lower-case hex digits; got ${JSON.stringify(text)}`)
  }
  return text as Digest<T>
}
