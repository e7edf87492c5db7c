import { call } from './call.ts'
import { define } from './definition.ts'
import { checkDefaults } from './options.ts'
import { nameFunction } from './stand-in.ts'
import type { Checked } from './types/checked.ts'
import type { AnyFunction } from './types/functions.ts'
import type { Memoized, Memoizer } from './types/memoized.ts'
import type { MemoDefaults, MemoizeOptions } from './types/options.ts'
import { verbsOf } from './verbs.ts'

/**
 * A function that computes each result once, in this process and in every other on the same store. It promises what
 * `fn` returns, or rejects with what it throws, and never throws itself. `fn` runs without a receiver.
 *
 * @throws {TypeError | RangeError} when an option is wrong
 * @throws {RiposteError} `ERR_UNDIGESTIBLE` or `ERR_CYCLIC` when a value in `env` has no digest
 */
export function memoize<
  F extends AnyFunction,
  const P extends readonly string[] = readonly [],
  K extends object = Parameters<F>,
  M = unknown,
>(fn: F, options: MemoizeOptions<F, P, K, M>): Checked<F, P, Memoized<F, P, K, M>> {
  // It is called as F is, promises what F returns, and its verbs go by F's parameters.
  return memoizeWith(fn, options, {}, memoize) as Checked<F, P, Memoized<F, P, K, M>>
}

/**
 * `memoize` with some options given before.
 *
 * @throws {TypeError} when an option is wrong
 */
export function memoizer(defaults: MemoDefaults): Memoizer {
  const checked = checkDefaults(defaults)
  // As for memoize.
  const memo = ((fn: AnyFunction, options: unknown) => memoizeWith(fn, options, checked, memo)) as Memoizer
  return memo
}

function memoizeWith(fn: AnyFunction, options: unknown, defaults: MemoDefaults, boundary: AnyFunction): unknown {
  const definition = define(fn, options, defaults, boundary)
  const memoized = (...passed: readonly unknown[]): Promise<unknown> => call(definition, passed)
  Object.defineProperties(memoized, { name: { value: fn.name }, length: { value: fn.length } })
  return Object.assign(nameFunction(memoized, definition.identity, definition.conditions), verbsOf(definition))
}
