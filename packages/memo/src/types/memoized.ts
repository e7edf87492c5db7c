import type { CallDigest, CallRecord, Digest, digestOf, MetadataTemplate, Pattern, Query } from '@riposte/core'
import type { Checked } from './checked.ts'
import type { AnyFunction, Asynchronous, Result } from './functions.ts'
import type { MemoizeOptions } from './options.ts'
import type { MetadataOf, Template } from './template.ts'

/** Who a memoized function is in its cache. */
export interface Identity {
  readonly namespace: string
  readonly name: string
  readonly version: string | number | undefined
}

/**
 * What a memoized function offers beside being called. Arguments are taken as in a call. Unlike a call, these refuse
 * arguments that have no digest, and fail when the store does.
 */
export interface MemoVerbs<F extends AnyFunction, P extends readonly unknown[], K extends object, M> {
  /** The function that was memoized. */
  readonly original: F
  readonly identity: Identity
  /** The address of the call's record. Pure; throws where there is no cache to take the registered classes from. */
  digest(...args: Parameters<F>): CallDigest<Result<F>>
  /** Whether the call is recorded. */
  contains(...args: Parameters<F>): Promise<boolean>
  /** The recorded result; never runs the body. @throws {RiposteError} `ERR_NOT_FOUND` */
  load(...args: Parameters<F>): Promise<Result<F>>
  /** The result if it is in this process's memory. */
  peek(...args: Parameters<F>): { readonly value: Result<F> } | undefined
  record(...args: Parameters<F>): Promise<CallRecord<K, Result<F>, MetadataOf<M>> | undefined>
  /** Records a result as if the body had returned it, in place of what was recorded. */
  seed(args: Parameters<F>, result: Result<F>): Promise<void>
  /** Runs the body, whatever is recorded, and records what it returns. If it throws, what was recorded stays. */
  rerun(...args: Parameters<F>): Promise<Result<F>>
  /** Forgets the call; says whether it was recorded. */
  evict(...args: Parameters<F>): Promise<boolean>
  /** The recorded calls of this function and version. */
  query(
    template?: Template<F, P, K>,
    where?: { readonly result?: Pattern<Result<F>>; readonly metadata?: MetadataTemplate<MetadataOf<M>> },
  ): Query<CallRecord<K, Result<F>, MetadataOf<M>>>
  /** From identity, `env` and `deps`: makes a memoized function an argument or a dependency of another. */
  readonly [digestOf]: () => Digest
}

/** A function whose calls are answered from a cache. */
export type Memoized<
  F extends AnyFunction,
  P extends readonly unknown[] = readonly [],
  K extends object = Parameters<F>,
  M = unknown,
> = Asynchronous<F> & MemoVerbs<F, P, K, M>

/** `memoize`, with some options given before. */
export type Memoizer = <
  F extends AnyFunction,
  const P extends readonly string[] = readonly [],
  K extends object = Parameters<F>,
  M = unknown,
>(
  fn: F,
  options: MemoizeOptions<F, P, K, M>,
) => Checked<F, P, Memoized<F, P, K, M>>
