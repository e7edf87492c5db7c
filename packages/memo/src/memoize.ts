/** The functions that memoize, in all their forms. */
import { type Cache, type Digest, digest, type SyncStore } from '@riposte/core'
import { call, callAtOnce, callOn, callOnAtOnce } from './call.ts'
import { type Definition, define, type Kind } from './definition.ts'
import { definitionSite } from './definition-site.ts'
import { inspectable } from './inspectable-function.ts'
import { checkDefaults } from './options.ts'
import { contextOf, digestContext } from './pending-call.ts'
import { nameFunction } from './stand-in.ts'
import type { Checked, CheckedSync, Named } from './types/checked.ts'
import type { AnyFunction } from './types/functions.ts'
import type { Memoized, MemoizedMethod, MemoizedSync } from './types/memoized.ts'
import type { MemoizedDecorator, Memoizer } from './types/memoizer.ts'
import type { ContextOf, MemoDefaults, MemoizeOptions } from './types/options.ts'
import { usesReceiver } from './uses-receiver.ts'
import { verbsOf } from './verbs.ts'
import { definitions } from './verbs-of-function.ts'

const FUNCTION: Kind = { atOnce: false, method: false }
const FUNCTION_AT_ONCE: Kind = { atOnce: true, method: false }
const METHOD: Kind = { atOnce: false, method: true }

/**
 * A function that computes each result once, in this process and in every other on the same store. It promises what
 * `fn` returns, or rejects with what it throws, and never throws itself. `fn` runs without a receiver; where it uses one, a
 * call on an object runs uncached, with that.
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
  return memoizeFunction(fn, options, {}, definitionSite(memoize)) as Checked<F, P, Memoized<F, P, K, M>>
}

/**
 * `memoize` for a function that returns its result, over a store that answers at once: nothing is waited for, and what
 * `fn` throws is thrown. A call that comes while the same call runs, runs too. The verbs beside it promise, as everywhere.
 *
 * @throws {TypeError | RangeError} when an option is wrong; at the first call, when the store promises its answers
 */
export function memoizeSync<
  F extends AnyFunction,
  const P extends readonly string[] = readonly [],
  K extends object = Parameters<F>,
  M = unknown,
>(fn: F, options: MemoizeOptions<F, P, K, M, Cache<SyncStore>>): CheckedSync<F, P, MemoizedSync<F, P, K, M>> {
  // It is called as F is, and its verbs go by F's parameters.
  return memoizeFunctionSync(fn, options, {}, definitionSite(memoizeSync)) as CheckedSync<
    F,
    P,
    MemoizedSync<F, P, K, M>
  >
}

/**
 * `memoize` for a function that uses its receiver, such as a method of a class. `context` says what of the receiver
 * belongs to the key: calls on objects of the same context are the same call. No object is kept.
 *
 * @throws {TypeError | RangeError} when an option is wrong
 */
export function memoizeMethod<
  F extends AnyFunction,
  const P extends readonly string[] = readonly [],
  K extends object = Parameters<F>,
  M = unknown,
>(
  fn: F,
  options: MemoizeOptions<F, P, K, M> & { readonly context: ContextOf<F> },
): Named<F, P, MemoizedMethod<F, P, K, M>> {
  // It is called as F is, receiver included, promises what F returns, and its verbs go by F's parameters.
  return memoizeWithReceiver(fn, options, {}, definitionSite(memoizeMethod)) as Named<F, P, MemoizedMethod<F, P, K, M>>
}

/**
 * Memoizes the method that it decorates, as `memoizeMethod` does. The type of a method cannot gain verbs by a
 * decorator: `verbs(object.method, object)` has them.
 *
 * @throws {TypeError} when it decorates something else, or an option is wrong
 */
export const memoized: MemoizedDecorator = options => decorate(options, {}, definitionSite(memoized))

/**
 * `memoize` and its other forms, with some options given before.
 *
 * @throws {TypeError} when an option is wrong
 */
export function memoizer(defaults: MemoDefaults): Memoizer {
  const checked = checkDefaults(defaults)
  // Each is as the function of this module that it is named after.
  const memo = ((fn: AnyFunction, options: unknown) =>
    memoizeFunction(fn, options, checked, definitionSite(memo))) as Memoizer
  const sync = ((fn: AnyFunction, options: unknown) =>
    memoizeFunctionSync(fn, options, checked, definitionSite(sync))) as Memoizer['sync']
  const method = ((fn: AnyFunction, options: unknown) =>
    memoizeWithReceiver(fn, options, checked, definitionSite(method))) as Memoizer['method']
  const decorator: MemoizedDecorator = options => decorate(options, checked, definitionSite(decorator))
  return Object.assign(memo, { sync, method, decorator })
}

function memoizeFunction(fn: AnyFunction, options: unknown, defaults: MemoDefaults, site: () => string): unknown {
  const definition = define(fn, options, defaults, FUNCTION, site)
  const memoized = usesReceiver(definition.fn)
    ? withReceiver(definition, call, callOn)
    : (...passed: readonly unknown[]): Promise<unknown> => call(definition, undefined, passed)
  definitions.set(memoized, definition)
  return dress(memoized, definition, verbsOf(definition, undefined))
}

function memoizeFunctionSync(fn: AnyFunction, options: unknown, defaults: MemoDefaults, site: () => string): unknown {
  const definition = define(fn, options, defaults, FUNCTION_AT_ONCE, site)
  const memoized = usesReceiver(definition.fn)
    ? withReceiver(definition, callAtOnce, callOnAtOnce)
    : (...passed: readonly unknown[]): unknown => callAtOnce(definition, undefined, passed)
  definitions.set(memoized, definition)
  return dress(memoized, definition, verbsOf(definition, undefined))
}

type Answer = (definition: Definition, receiver: unknown, passed: readonly unknown[]) => unknown

/** A function that answers calls on an object otherwise than those of it by itself. */
function withReceiver(definition: Definition, answer: Answer, answerOn: Answer): AnyFunction {
  return function memoized(this: unknown, ...passed: readonly unknown[]): unknown {
    // Called by itself, some programs give it the global object.
    const alone = this === undefined || this === globalThis
    return alone ? answer(definition, undefined, passed) : answerOn(definition, this, passed)
  }
}

function memoizeWithReceiver(fn: AnyFunction, options: unknown, defaults: MemoDefaults, site: () => string): unknown {
  const definition = define(fn, options, defaults, METHOD, site)
  function memoized(this: unknown, ...passed: readonly unknown[]): Promise<unknown> {
    return call(definition, this, passed)
  }
  const { original, identity, query } = verbsOf(definition, undefined)
  const on = (self: unknown): unknown => {
    const bound = (...passed: readonly unknown[]): Promise<unknown> => call(definition, self, passed)
    return dress(bound, definition, verbsOf(definition, { self }), () => {
      const context = contextOf(definition, self)
      return context === undefined ? [] : [digestContext(context.value, digest)]
    })
  }
  definitions.set(memoized, definition)
  return dress(memoized, definition, { original, identity, query, on })
}

function decorate<F extends AnyFunction>(
  options: unknown,
  defaults: MemoDefaults,
  site: () => string,
): (method: F, context: { readonly kind: string }) => F {
  return (method, context) => {
    if (context?.kind !== 'method') {
      throw new TypeError(
        `expected memoized to decorate a method, got a ${String(context?.kind)}; decorators of TypeScript's experimentalDecorators are not supported`,
      )
    }
    // It is called as the method is, and promises what it promises.
    return memoizeWithReceiver(method, options, defaults, site) as F
  }
}

const NOTHING_MORE = (): readonly Digest[] => []

/** Gives a function the name and length of the one that was memoized, its digest, and verbs. */
function dress(
  memoized: AnyFunction,
  { fn, identity, callIdentity }: Definition,
  verbs: object,
  more: () => readonly Digest[] = NOTHING_MORE,
): object {
  Object.defineProperties(memoized, { name: { value: fn.name }, length: { value: fn.length } })
  return Object.assign(
    nameFunction(inspectable(memoized, identity), identity, () => [...callIdentity.conditions, ...more()]),
    verbs,
  )
}
