import type {
  CallDigest,
  CallRecord,
  Digest,
  digestOf,
  Lazy,
  MetadataTemplate,
  Pattern,
  Query,
  Ref,
} from '@riposte/core'
import type { Explanation } from './explanation.ts'
import type { AnyFunction, Asynchronous, Result } from './functions.ts'
import type { RefArgs } from './references.ts'
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
  /** Whether the call is recorded, its result whole, and would be answered from there. Reads no result: damage in one is found by reading it. */
  contains(...args: Parameters<F>): Promise<boolean>
  /** The recorded result; never runs the body. @throws {RiposteError} `ERR_NOT_FOUND` */
  load(...args: Parameters<F>): Promise<Result<F>>
  /** The result if it is in this process's memory. */
  peek(...args: Parameters<F>): { readonly value: Result<F> } | undefined
  record(...args: Parameters<F>): Promise<CallRecord<K, Result<F>, MetadataOf<M>> | undefined>
  /**
   * As a call, but gives a reference to the result, which is neither loaded nor built where it is recorded. Arguments,
   * and parts of them, may be `ref`s.
   *
   * @throws {RiposteError} `ERR_FALSE_REFERENCE`; `ERR_UNDIGESTIBLE` when the result cannot be stored
   */
  ref(...args: RefArgs<Parameters<F>>): Promise<Ref<Result<F>>>
  /**
   * As a call, but gives a handle of the result, which loads parts as they are asked for. Arguments, and parts of them,
   * may be `ref`s. A part that turns out to be gone rejects when it is asked for; `rerun` stores all of them anew.
   *
   * @throws {RiposteError} `ERR_FALSE_REFERENCE`; `ERR_UNDIGESTIBLE` when the result cannot be stored
   */
  lazy(...args: RefArgs<Parameters<F>>): Promise<Lazy<Result<F>>>
  /**
   * As a call whose arguments, and parts of them, may be `ref`s. They are loaded only if the body must run, and are the
   * same call as the values that they stand for.
   *
   * @throws {RiposteError} `ERR_FALSE_REFERENCE` when a `ref` stands for what is not stored; the body did not run
   */
  withRefs(...args: RefArgs<Parameters<F>>): Promise<Result<F>>
  /** Records a result as if the body had returned it, in place of what was recorded. */
  seed(args: Parameters<F>, result: Result<F>): Promise<void>
  /** Runs the body, whatever is recorded, and records what it returns. If it throws what is not to be cached, what was recorded stays. */
  rerun(...args: Parameters<F>): Promise<Result<F>>
  /** Forgets the call; says whether it was recorded. */
  evict(...args: Parameters<F>): Promise<boolean>
  /** Whether the call would hit, and if not, why: what differs from the recorded call that is nearest. */
  explain(...args: Parameters<F>): Promise<Explanation>
  /** The recorded calls of this function and version. */
  query(
    template?: Template<F, P, K>,
    where?: { readonly result?: Pattern<Result<F>>; readonly metadata?: MetadataTemplate<MetadataOf<M>> },
  ): Query<CallRecord<K, Result<F>, MetadataOf<M>>>
  /** From identity, `env`, `deps` and `code`: makes a memoized function an argument or a dependency of another. */
  readonly [digestOf]: () => Digest
}

/** A function whose calls are answered from a cache. */
export type Memoized<
  F extends AnyFunction,
  P extends readonly unknown[] = readonly [],
  K extends object = Parameters<F>,
  M = unknown,
> = Asynchronous<F> & MemoVerbs<F, P, K, M>

/** A function whose calls are answered from a cache at once. What it offers beside answers later, as everywhere. */
export type MemoizedSync<
  F extends AnyFunction,
  P extends readonly unknown[] = readonly [],
  K extends object = Parameters<F>,
  M = unknown,
> = F & MemoVerbs<F, P, K, M>

/** What a memoized method offers without a receiver. */
export interface MethodVerbs<F extends AnyFunction, P extends readonly unknown[], K extends object, M>
  extends Pick<MemoVerbs<F, P, K, M>, 'original' | 'identity' | 'query' | typeof digestOf> {
  /** The method of this receiver, with all verbs; its `query` gives the calls of receivers of the same `context`. */
  on(self: ThisParameterType<F>): Memoized<OmitThisParameter<F>, P, K, M>
}

/** A method whose calls are answered from a cache. */
export type MemoizedMethod<
  F extends AnyFunction,
  P extends readonly unknown[] = readonly [],
  K extends object = Parameters<F>,
  M = unknown,
> = Asynchronous<F> & MethodVerbs<F, P, K, M>
