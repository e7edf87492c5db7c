import type { Scalar } from '../ports/call-index.ts'
import type { Ref } from '../ref.ts'

/** In a template: matches anything, `null` and `undefined` included. */
export const ANY: unique symbol = Symbol('riposte.ANY')
export type ANY = typeof ANY

/** A value that is matched whole, where a plain object would be matched in part. */
export interface Exact<out T> {
  readonly exact: T
}

class ExactValue<T> {
  readonly exact: T
  constructor(value: T) {
    this.exact = value
    Object.freeze(this)
  }
}

/** Matches only what is deep-equal to `value`; a plain object in a template would match in part. */
export function exact<T>(value: T): Exact<T> {
  return new ExactValue(value)
}

export function isExact(value: unknown): value is Exact<unknown> {
  return value instanceof ExactValue
}

/** Tests on a scalar: all that are given must hold. Order tests hold between two numbers or two strings. */
export interface Range<T> {
  readonly lt?: T
  readonly lte?: T
  readonly gt?: T
  readonly gte?: T
  readonly in?: readonly T[]
  /** Both ends included. */
  readonly between?: readonly [T, T]
}

/** What a template may say of metadata: of each namespace anything, or what is asked of values in it, at any depth. */
export type MetadataTemplate<M> = {
  readonly [N in keyof M]?: MetadataPattern<M[N]>
}

type MetadataPattern<T> =
  | ANY
  | Exact<T>
  | T
  | ([T] extends [Scalar | undefined] ? Range<T> : never)
  | (T extends Whole ? never : T extends object ? { readonly [K in keyof T]?: MetadataPattern<T[K]> } : never)

type Whole =
  | readonly unknown[]
  | Date
  | Uint8Array
  | ReadonlyMap<unknown, unknown>
  | ReadonlySet<unknown>
  | Scalar
  | bigint
  | undefined

/** What a template may say of a T: anything, the value, a reference to it, or some of its properties. */
export type Pattern<T> =
  | ANY
  | Ref<T>
  | Exact<T>
  | (T extends Whole ? T : T extends object ? { readonly [K in keyof T]?: Pattern<T[K]> } : T)
