import type { Cache, CallDigest, Collectable, Digest, digestOf, MaybePromise, Tags } from '@riposte/core'
import type { AnyFunction, Result } from './functions.ts'

/** What of the receiver of a method belongs to the key of its calls: nothing, or what the function says of it. */
export type ContextOf<F extends AnyFunction> = 'ignore' | ((self: ThisParameterType<F>) => unknown)

/** Options of one function. One that is `undefined` counts as not given. */
export interface MemoizeOptions<
  F extends AnyFunction,
  P extends readonly unknown[],
  K extends object,
  M,
  C extends Cache = Cache,
> {
  /** Where results are kept; a function is asked at every call. Without it: `withCache`, or the default cache. */
  readonly cache?: C | (() => C | undefined)
  /** Sets functions of the same name apart; `''` unless given. Part of the key. */
  readonly namespace?: string
  /** Names the function in its cache. Never taken from the function itself, which a minifier renames. Part of the key. */
  readonly name: string
  /** Change it when results change: calls of other versions are kept, and not used. `1` and `'1'` are two versions. */
  readonly version?: string | number
  /**
   * Names of the parameters, a rest as `'...names'`. Fixes their number: the body gets no surplus arguments and no
   * trailing `undefined`, so that those are no part of the key either.
   */
  readonly params?: P
  /** Parameters, by name or position, that the result does not depend on: the body gets them, key and record do not. */
  readonly ignore?: readonly (number | NoInfer<P>[number])[]
  /** Parameters that must be passed, and not be `undefined`: a call without one runs uncached, with a warning. */
  readonly require?: readonly (number | NoInfer<P>[number])[]
  /**
   * The parameter that takes an `AbortSignal`. It is no part of the key: one who aborts stops waiting. The body gets a
   * signal of its own, which is aborted when nobody waits for it any more; what it returns then is not recorded.
   */
  readonly signal?: number | NoInfer<P>[number]
  /** What is keyed and recorded in place of the arguments: an object, by whose names calls can be queried, or an array. */
  readonly key?: (...args: Parameters<F>) => K
  readonly tags?: Tags
  /** Metadata of a computed call, by namespace. */
  readonly metadata?: (call: { readonly args: Parameters<F>; readonly result: Result<F> }) => MaybePromise<M>
  /** Circumstances to note as metadata of a computed call. `'git'` asks git at each, some 10 ms beside the body, two seconds at most. */
  readonly collect?: readonly Collectable[]
  /** Whether to keep a result; all are kept unless given. */
  readonly cacheIf?: (result: Result<F>, ...args: Parameters<F>) => boolean
  /** Milliseconds from the end of the body after which its record is no longer used. Kept on the record. */
  readonly maxAge?: number | ((result: Result<F>, ...args: Parameters<F>) => number)
  /** Milliseconds after `maxAge` in which the old result is still answered, while one run in the background renews it. */
  readonly staleWhileRevalidate?: number
  /** Whether what the body throws is kept and thrown again: all of it, or what `if` accepts, for `maxAge` milliseconds. */
  readonly cacheErrors?: boolean | { readonly maxAge?: number; readonly if?: (error: unknown) => boolean }
  /**
   * How many bodies may run at once in this process. One started from a body of the same function does not count, nor
   * does a call that waits for another process; what is queued, another process may run.
   */
  readonly concurrency?: number
  /** Values that results depend on beside the arguments. Taken when the function is memoized. Part of the key. */
  readonly env?: readonly unknown[]
  /** Values, calls or memoized functions, by digest, that results depend on. Part of the key. */
  readonly deps?: readonly (Digest | CallDigest | { readonly [digestOf]: () => Digest })[]
  /**
   * What a change of the function's source text means, which is not that of what it calls or closes over. `'warn'`, the
   * default: results that another text computed are answered, with one warning for each function. `'body'`: the text is part
   * of the key. `'ignore'`: nothing, since it differs for a harmless reason, such as another compiler.
   */
  readonly code?: 'warn' | 'body' | 'ignore'
  /** Whether callers other than the one that computed get copies of their own (`'fresh'`, the default) or share one deep-frozen value. */
  readonly results?: 'fresh' | 'frozen'
  /**
   * Whether processes that share the store run the body of one call one at a time, where the store has leases: who
   * comes second waits for the first, and takes its result. The default, except with `memoizeSync`, which never waits.
   */
  readonly lease?: boolean
  /** Rejects where a call would otherwise run uncached or its result could not be kept. A store that fails is for `onStoreError`. */
  readonly strict?: boolean
  /** `false`: records hold digests of arguments only, so that templates match them whole. */
  readonly storeArguments?: boolean
  /** Whether a store that fails costs a warning (`'warn'`, the default) or the call. */
  readonly onStoreError?: 'warn' | 'throw'
}

/**
 * Options for all functions of a `memoizer`; what a call of it gives wins. Tags are united, and so are the namespaces of
 * `metadata`. What counts something, such as `concurrency`, counts it for each function.
 */
export interface MemoDefaults {
  readonly cache?: Cache | (() => Cache | undefined)
  /** The cache where nothing else names one, `setDefaultCache` included. Asked at every call. */
  readonly fallback?: () => Cache
  readonly namespace?: string
  readonly version?: string | number
  readonly tags?: Tags
  /** Metadata of a computed call, by namespace. `MetadataNamespaces`, augmented, gives it types in queries. */
  readonly metadata?: (call: {
    readonly args: readonly unknown[]
    readonly result: unknown
  }) => MaybePromise<{ readonly [namespace: string]: unknown }>
  readonly cacheIf?: (result: unknown, ...args: readonly unknown[]) => boolean
  readonly maxAge?: number
  readonly staleWhileRevalidate?: number
  readonly cacheErrors?: boolean | { readonly maxAge?: number; readonly if?: (error: unknown) => boolean }
  readonly concurrency?: number
  readonly collect?: readonly Collectable[]
  readonly code?: 'warn' | 'body' | 'ignore'
  readonly results?: 'fresh' | 'frozen'
  readonly lease?: boolean
  readonly strict?: boolean
  readonly storeArguments?: boolean
  readonly onStoreError?: 'warn' | 'throw'
}
