import type { Ref } from '@riposte/core'

/** What has no parts that a `ref` could stand for. */
type Whole =
  | string
  | number
  | bigint
  | boolean
  | symbol
  | null
  | undefined
  | Date
  | RegExp
  | Error
  | ArrayBuffer
  | ArrayBufferView
  | ((...args: never) => unknown)

/** A T whose parts may be `ref`s, at any depth. */
type WithRefParts<T> = T extends Whole
  ? never
  : T extends ReadonlyMap<infer K, infer V>
    ? ReadonlyMap<K, Refable<V>>
    : T extends ReadonlySet<infer V>
      ? ReadonlySet<Refable<V>>
      : T extends object
        ? { readonly [K in keyof T]: Refable<T[K]> }
        : never

/** A value, a `ref` to it, or a value with `ref`s in place of parts. */
export type Refable<T> = T | Ref<T> | WithRefParts<T>

/** The parameters of a function that takes values by reference too. */
export type RefArgs<A extends readonly unknown[]> = { [I in keyof A]: Refable<A[I]> }
