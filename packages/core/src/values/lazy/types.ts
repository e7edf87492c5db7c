import type { Ref } from '../../ref.ts'

/**
 * A stored value, or a part of one, of which nothing is loaded but what is asked for. A handle keeps what was read
 * through it, up to `keepBytes`, and shares that with the handles that it gave; it keeps nothing from the sweep.
 *
 * Whatever reads may reject as `load` does; the message then names the path to what is missing or corrupt. What else is
 * there can still be loaded.
 *
 * `Item` is what iteration gives, and follows from T: nobody names it.
 */
export interface Lazy<out T, out Item = LazyItem<T>> {
  /** Where the value is an entry of its own: the reference that may stand for it elsewhere, where it is large enough. */
  readonly ref: Ref<T> | undefined
  /** What it is: the name of a class, such as `Array`, `Map`, `Float64Array`, or in lower case that of a primitive type, such as `string`, `null`. */
  type(): Promise<string>
  /**
   * The part that a path of property names, indexes and keys of Maps leads to: `at('users', 'ada', 'mails', -1)`. Reads
   * the entries on the way, and not the part. `undefined` where there is none, as with `?.`. A negative index counts
   * from the end; a key of a Map may be any value, or a `ref` to it, and fits by content.
   *
   * @throws {TypeError} when the path goes on through what is loaded as a whole: a Set, a Date, an instance of a class
   */
  at<L, const A extends PathKey<Of<L>>>(this: L, a: A): Promise<LazyPart<Of<L>, [A]>>
  at<L, const A extends PathKey<Of<L>>, const B extends PathKey<Step<Of<L>, A>>>(
    this: L,
    a: A,
    b: B,
  ): Promise<LazyPart<Of<L>, [A, B]>>
  at<
    L,
    const A extends PathKey<Of<L>>,
    const B extends PathKey<Step<Of<L>, A>>,
    const C extends PathKey<Step<Step<Of<L>, A>, B>>,
  >(this: L, a: A, b: B, c: C): Promise<LazyPart<Of<L>, [A, B, C]>>
  at<
    L,
    const A extends PathKey<Of<L>>,
    const B extends PathKey<Step<Of<L>, A>>,
    const C extends PathKey<Step<Step<Of<L>, A>, B>>,
    const D extends PathKey<Step<Step<Step<Of<L>, A>, B>, C>>,
  >(this: L, a: A, b: B, c: C, d: D): Promise<LazyPart<Of<L>, [A, B, C, D]>>
  at<L>(this: L, ...path: LongPath<Of<L>>): Promise<Lazy<unknown> | undefined>
  /** The names of an object's properties, the indexes of an array that hold something, the keys of a Map: in its order. Reads no value. */
  keys<L>(this: L): Promise<readonly LazyKey<Of<L>>[]>
  /** How many elements, properties, entries or members there are; of an ArrayBuffer or DataView, bytes. */
  size(): Promise<number>
  /**
   * The elements from `start` up to, not including, `end`, as `slice` of an array has it: loaded, in as many round trips
   * as they have levels. Of a typed array, a Buffer or an ArrayBuffer only the chunks in the range are read.
   */
  slice<L>(this: L, start?: number, end?: number): Promise<LazySlice<Of<L>>>
  /** The elements of an array, the members of a Set; of an object and of a Map, names or keys with what they lead to. Loads none of them. */
  [Symbol.asyncIterator](): AsyncGenerator<Item, void, undefined>
  /** All of it: a fresh copy, as `load` of a value storage gives. */
  load(): Promise<T>
}

/** What a handle is of. `at` asks it of its receiver, so that the handle of a T serves as one of what every T is. */
type Of<L> = L extends { load(): Promise<infer T> } ? T : never

export interface LazyOptions {
  /** How many bytes of entries that were read a handle keeps, together with the handles that it gave. 64 MiB unless given. */
  readonly keepBytes?: number | undefined
}

/** What has no parts that could be taken one by one. To the compiler a Map is a ReadonlySet too. */
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
  | URL
  | URLSearchParams
  | ReadonlySet<unknown>
  | ((...args: never) => unknown)

/** Bytes, or numbers in bytes. */
type Bytes = ArrayBufferView | ArrayBufferLike

/** What leads to a part of a T: the name of a property, an index, a key of a Map. */
export type LazyKey<T> = unknown extends T
  ? unknown
  : T extends ReadonlyMap<infer K, unknown>
    ? K
    : T extends Whole
      ? never
      : T extends readonly unknown[] | Bytes
        ? T extends { readonly [index: number]: unknown }
          ? number
          : never
        : // Methods are no parts.
          { [K in keyof T]-?: T[K] extends (...args: never) => unknown ? never : K }[keyof T]

/** What a path through a T may go on with. */
type PathKey<T> = T extends ReadonlyMap<infer K, unknown> ? K | Ref<K> : LazyKey<T>

declare const absent: unique symbol
type Absent = typeof absent

/** What stands under a key of a T, or `Absent` where nothing may. */
type PartAt<T, K> = unknown extends T
  ? unknown
  : T extends ReadonlyMap<unknown, infer V>
    ? V | Absent
    : T extends Whole | Absent
      ? Absent
      : T extends readonly unknown[]
        ? ElementAt<T, K>
        : T extends Bytes
          ? (T extends { readonly [index: number]: infer E } ? E : never) | Absent
          : K extends keyof T
            ? K extends SurelyIn<T>
              ? T[K]
              : Required<T>[K] | Absent
            : Absent

/** The names that every T has: neither optional nor by an index signature. */
type SurelyIn<T> = keyof {
  [K in keyof T as string extends K
    ? never
    : number extends K
      ? never
      : symbol extends K
        ? never
        : Record<never, never> extends Pick<T, K>
          ? never
          : K]: unknown
}

/** An element of a tuple is there; of other arrays, who knows. */
type ElementAt<T extends readonly unknown[], K> = number extends T['length']
  ? T[number] | Absent
  : K extends number
    ? `${K}` extends keyof T
      ? T[`${K}`]
      : T[number] | Absent
    : never

/** Where a path through a T stands after a key, if there. */
type Step<T, K> = unknown extends T ? unknown : Exclude<PartAt<T, K>, Absent>

type PartOn<T, P extends readonly unknown[]> = P extends readonly [infer K, ...infer R] ? PartOn<PartAt<T, K>, R> : T

/** The handle of the part of a T that a path leads to. */
export type LazyPart<T, P extends readonly unknown[]> = Handle<PartOn<T, P>>

type Handle<V> = unknown extends V
  ? Lazy<unknown> | undefined
  : Lazy<Exclude<V, Absent>> | (Absent extends V ? undefined : never)

/** Paths that are too long for the compiler to follow. Through what it knows nothing of, any path. */
type LongPath<T> = unknown extends T
  ? readonly unknown[]
  : readonly [LazyKey<T>, unknown, unknown, unknown, unknown, ...unknown[]]

/** What a slice of a T is. */
export type LazySlice<T> = unknown extends T
  ? unknown
  : T extends readonly (infer E)[]
    ? E[]
    : T extends Bytes
      ? T
      : never

/** What iteration over the handle of a T gives. */
export type LazyItem<T> = unknown extends T
  ? unknown
  : T extends ReadonlyMap<infer K, infer V>
    ? readonly [K, Lazy<V>]
    : T extends ReadonlySet<infer E> | readonly (infer E)[]
      ? Lazy<E>
      : T extends Bytes
        ? T extends { readonly [index: number]: infer E }
          ? Lazy<E>
          : never
        : T extends Whole
          ? never
          : { [K in LazyKey<T> & keyof T]: readonly [K, Lazy<Required<T>[K]>] }[LazyKey<T> & keyof T]
