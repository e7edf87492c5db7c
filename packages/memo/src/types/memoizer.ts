/** The shapes of the functions that memoize. */
import type { Cache, SyncStore } from '@riposte/core'
import type { Checked, CheckedSync, Named } from './checked.ts'
import type { AnyFunction } from './functions.ts'
import type { Memoized, MemoizedMethod, MemoizedSync } from './memoized.ts'
import type { ContextOf, MemoizeOptions } from './options.ts'

export type Memoize = <
  F extends AnyFunction,
  const P extends readonly string[] = readonly [],
  K extends object = Parameters<F>,
  M = unknown,
>(
  fn: F,
  options: MemoizeOptions<F, P, K, M>,
) => Checked<F, P, Memoized<F, P, K, M>>

export type MemoizeSync = <
  F extends AnyFunction,
  const P extends readonly string[] = readonly [],
  K extends object = Parameters<F>,
  M = unknown,
>(
  fn: F,
  options: MemoizeOptions<F, P, K, M, Cache<SyncStore>>,
) => CheckedSync<F, P, MemoizedSync<F, P, K, M>>

export type MemoizeMethod = <
  F extends AnyFunction,
  const P extends readonly string[] = readonly [],
  K extends object = Parameters<F>,
  M = unknown,
>(
  fn: F,
  options: MemoizeOptions<F, P, K, M> & { readonly context: ContextOf<F> },
) => Named<F, P, MemoizedMethod<F, P, K, M>>

/** A method of a class, as a decorator sees it. */
export type Method<This, A extends unknown[], R> = (this: This, ...args: A) => Promise<R>

/** Makes a standard decorator for methods that promise. It cannot add verbs to the type of the method: see `verbs`. */
export type MemoizedDecorator = <This, A extends unknown[], R, const P extends readonly string[] = readonly []>(
  options: MemoizeOptions<Method<This, A, R>, P, A, unknown> & {
    readonly context: 'ignore' | ((self: This) => unknown)
  },
) => (method: Method<This, A, R>, context: ClassMethodDecoratorContext<This, Method<This, A, R>>) => Method<This, A, R>

/** `memoize`, with some options given before; and the same of the other forms. */
export interface Memoizer extends Memoize {
  /** `memoizeSync` with these options. */
  readonly sync: MemoizeSync
  /** `memoizeMethod` with these options. */
  readonly method: MemoizeMethod
  /** `memoized`, the decorator, with these options. */
  readonly decorator: MemoizedDecorator
}
