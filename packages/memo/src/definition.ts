import type { Cache, CallDigest, CallIdentity } from '@riposte/core'
import { type Engine, engineOf, type HotCalls, type Tally } from '@riposte/core/engine'
import { activeCache } from './active-cache.ts'
import { type Bodies, createBodies } from './bodies.ts'
import { type Collector, createCollector } from './collect.ts'
import { type Condition, conditionsOf } from './conditions.ts'
import { type Flight, flightsOf } from './flight.ts'
import { FrozenResults } from './frozen-results.ts'
import { claimIdentity, describeIdentity } from './identity.ts'
import { type CallLeases, leasesOf } from './leases.ts'
import { type CheckedOptions, checkOptions } from './options.ts'
import { createParameters, type Parameters } from './parameters.ts'
import { sourceOf } from './source.ts'
import { type CallTrie, createTrie } from './trie.ts'
import type { AnyFunction } from './types/functions.ts'
import type { Identity } from './types/memoized.ts'
import type { ContextOf, MemoDefaults } from './types/options.ts'

/** A memoized function, from the inside. */
export interface Definition {
  readonly fn: AnyFunction
  readonly options: CheckedOptions
  readonly identity: Identity
  /** What its calls depend on beside their arguments. */
  readonly conditions: readonly Condition[]
  /** What stands for the source text of `fn` on the records of its calls; `undefined` where it has none. */
  readonly source: () => number | undefined
  /** Identity and conditions, where neither `key` nor a receiver adds one. */
  readonly callIdentity: CallIdentity
  /** Whether calls are answered at once. Then nothing is waited for: no store, no body and no other call. */
  readonly atOnce: boolean
  /** Of a method: what of its receiver belongs to the key. */
  readonly context: ContextOf<AnyFunction> | undefined
  readonly parameters: Parameters
  readonly bodies: Bodies
  readonly site: () => string
  readonly states: WeakMap<Cache, CacheState>
  /** The one of these that was asked for last. */
  latest: CacheState | undefined
  /** What was warned of: the reasons for which calls are not cached, and what else is said once. */
  readonly warned: Set<string>
}

/** What a memoized function knows of one cache. */
export interface CacheState {
  readonly cache: Cache
  readonly engine: Engine
  readonly hot: HotCalls | undefined
  /** Calls under way on the cache, of whatever function. */
  readonly flights: Map<CallDigest, Flight>
  /** By them the calls of this process and of others take turns; `undefined` where they do not. */
  readonly leases: CallLeases | undefined
  /** Where hot calls are found without their digests. What `key` returns has names beside values, and is not found so. */
  readonly trie: CallTrie | undefined
  readonly tally: Tally
  /** Of what the cache and the function have noted. */
  readonly collector: Collector | undefined
  /** Where results are shared. */
  readonly frozen: FrozenResults | undefined
  /** Whether it was said that the store fails. */
  warnedStore: boolean
}

/** How a function is memoized. */
export interface Kind {
  readonly atOnce: boolean
  readonly method: boolean
}

/** @param site - where the user defined the function */
export function define(
  fn: unknown,
  given: unknown,
  defaults: MemoDefaults,
  kind: Kind,
  site: () => string,
): Definition {
  const options = checkOptions(fn, given, defaults, kind)
  // `-0 + 0` is `0`: the two are written alike in an identity.
  const version = typeof options.version === 'number' ? options.version + 0 : options.version
  const identity: Identity = Object.freeze({ namespace: options.namespace ?? '', name: options.name, version })
  // Checked to be a function.
  const body = fn as AnyFunction
  const conditions = conditionsOf(body, options)
  // `key` gets the arguments of the function that it was typed with.
  const key = options.key as ((...args: readonly unknown[]) => unknown) | undefined
  const { params, ignore, require, signal, context } = options
  return {
    fn: body,
    options,
    identity,
    conditions,
    source: sourceOf(body),
    callIdentity: { ...identity, conditions: conditions.map(({ digest }) => digest) },
    atOnce: kind.atOnce,
    context,
    parameters: createParameters({ length: body.length, params, ignore, require, signal, key }),
    // Bodies that nobody waits for run one after the other anyway.
    bodies: createBodies(kind.atOnce ? undefined : options.concurrency),
    site,
    states: new WeakMap(),
    latest: undefined,
    warned: new Set(),
  }
}

/** The cache that a call uses now, if something names one. */
export function cacheIfAny({ options }: Definition): Cache | undefined {
  return activeCache(options.cache, options.fallback)
}

/**
 * The cache that a call uses now.
 *
 * @throws {TypeError} when nothing names one
 */
export function cacheFor(definition: Definition): Cache {
  return cacheIfAny(definition) ?? refuse(definition)
}

function refuse({ identity }: Definition): never {
  throw new TypeError(
    `there is no cache for ${describeIdentity(identity)}: give memoize the option cache, run the call in ` +
      "withCache, call setDefaultCache, or import memoize from 'riposte', which has a default cache",
  )
}

/**
 * What is known of the cache that a call uses now; at the first time, takes the function's identity on it.
 *
 * @throws {RiposteError} `ERR_DUPLICATE_IDENTITY`
 */
export function stateFor(definition: Definition): CacheState {
  const cache = cacheFor(definition)
  const { latest } = definition
  return latest?.cache === cache ? latest : stateOn(definition, cache)
}

/** Apart from what every call takes: that is short enough to be compiled into its callers. */
function stateOn(definition: Definition, cache: Cache): CacheState {
  const known = definition.states.get(cache)
  if (known !== undefined) {
    definition.latest = known
    return known
  }
  const engine = engineOf(cache)
  claimIdentity(cache, definition)
  const state: CacheState = {
    cache,
    engine,
    hot: engine.hot,
    flights: flightsOf(cache),
    leases: definition.atOnce || definition.options.lease === false ? undefined : leasesOf(cache),
    trie: engine.hot === undefined || definition.options.key !== undefined ? undefined : createTrie(engine.hot),
    tally: engine.tally(definition.identity),
    collector: createCollector([...engine.noted.collect, ...(definition.options.collect ?? [])], definition),
    frozen: definition.options.results === 'frozen' ? new FrozenResults() : undefined,
    warnedStore: false,
  }
  definition.states.set(cache, state)
  return state
}
