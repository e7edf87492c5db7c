import type { AnyFunction } from './functions.ts'

/**
 * One name for each parameter; a rest parameter's begins with three dots.
 * A tuple has the key `'0'`, even where its first element may be left out; an array, which a rest is, has not.
 */
export type NamesOf<K extends readonly unknown[]> = K extends readonly []
  ? readonly []
  : '0' extends keyof K
    ? K extends readonly [unknown?, ...infer Rest]
      ? readonly [string, ...NamesOf<Rest>]
      : never
    : readonly [`...${string}`]

/**
 * Checks in the result what would spoil the inference of the function if it were checked in the options.
 * A mistake makes the result unusable, and its type says why.
 */
export type Checked<F extends AnyFunction, P, Out> =
  // A receiver of type `void` or `unknown` is none that is used.
  undefined extends ThisParameterType<F>
    ? Named<F, P, Out>
    : { readonly 'the function uses its receiver, which a memoized function does not have: use memoizeMethod': never }

/** The same of a function whose answer nobody waits for. */
export type CheckedSync<F extends AnyFunction, P, Out> =
  // What may be anything passes for a promise too.
  0 extends 1 & ReturnType<F>
    ? Checked<F, P, Out>
    : [Extract<ReturnType<F>, PromiseLike<unknown>>] extends [never]
      ? Checked<F, P, Out>
      : { readonly 'the function promises its result, which memoizeSync does not wait for: use memoize': never }

/** Checks that `params`, if given, names each parameter. */
export type Named<F extends AnyFunction, P, Out> = P extends readonly []
  ? Out
  : [P] extends [NamesOf<Parameters<F>>]
    ? Out
    : { readonly 'params must name each parameter': NamesOf<Parameters<F>> }
