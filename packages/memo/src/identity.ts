/** One identity on a cache belongs to one function: another of the same identity would be given its answers. */
import { type Cache, RiposteError } from '@riposte/core'
import { engineOf } from '@riposte/core/engine'
import type { Condition } from './conditions.ts'
import { writtenAs } from './source.ts'
import type { AnyFunction } from './types/functions.ts'
import type { Identity } from './types/memoized.ts'

/** Who asks for an identity. */
export interface Claimant {
  readonly fn: AnyFunction
  readonly identity: Identity
  readonly conditions: readonly Condition[]
  readonly site: () => string
}

/** Functions of one identity that are remembered, of those that `env` or `deps` keep apart. To forget one may cost a warning. */
const MAX_FUNCTIONS = 1000

interface Claim {
  /** By their conditions, such as `env`, which keep results apart. Weak, so that a function made in a loop is not kept. */
  readonly functions: Map<string, WeakRef<AnyFunction>>
  readonly source: string
  readonly site: () => string
  warned: boolean
}

const claims: WeakMap<Cache, Map<string, Claim>> = /* @__PURE__ */ new WeakMap()

/**
 * Takes an identity on a cache for a function. A second function with other source text is refused, one with the same
 * is warned of once, unless `env` or `deps` keep them apart; with `duplicates: 'warn'` both are.
 *
 * @throws {RiposteError} `ERR_DUPLICATE_IDENTITY`
 */
export function claimIdentity(cache: Cache, claimant: Claimant): void {
  const ofCache = claims.get(cache) ?? new Map<string, Claim>()
  claims.set(cache, ofCache)
  const { namespace, name, version } = claimant.identity
  // Where source text is part of the key, functions of other source do not share results.
  const code = claimant.conditions.find(({ kind }) => kind === 'code')?.digest
  const key = JSON.stringify([namespace, name, version, code])
  const source = writtenAs(claimant.fn)
  const conditions = claimant.conditions.map(({ digest }) => digest).join()
  const fn = new WeakRef(claimant.fn)
  const first = ofCache.get(key)
  if (first === undefined) {
    ofCache.set(key, { functions: new Map([[conditions, fn]]), source, site: claimant.site, warned: false })
    return
  }
  const alike = source === first.source
  const known = first.functions.get(conditions)
  if (alike && known === undefined) {
    first.functions.set(conditions, fn)
    for (const oldest of first.functions.keys()) {
      if (first.functions.size <= MAX_FUNCTIONS) break
      first.functions.delete(oldest)
    }
    return
  }
  if (known?.deref() === claimant.fn) return

  const sites = [first.site(), claimant.site()]
  const engine = engineOf(cache)
  const shown = describeIdentity(claimant.identity)
  // Of other conditions, such as `env`, they share no results, unless those are the same one day.
  const apart = known === undefined
  if (!alike && engine.duplicates === 'refuse') {
    const reason = apart
      ? '; only `env` or `deps` keep their results apart, and queries would list the calls of both as those of one'
      : ", so that one would get the other's results"
    throw new RiposteError(
      'ERR_DUPLICATE_IDENTITY',
      `two functions of different source are memoized as ${shown} on one cache${reason}: ` +
        `at ${sites[0]} and at ${sites[1]}; give one another name, namespace or version, ` +
        "or make the cache with { duplicates: 'warn' } where code is reloaded",
      { identity: shown, sites },
    )
  }
  if (first.warned) return
  first.warned = true
  engine.warn({
    code: 'duplicate',
    message:
      `two functions${alike ? ' of the same source' : ''} are memoized as ${shown} on one cache ` +
      `${apart ? 'though only `env` or `deps` keep their results apart' : 'and share their results'}: at ${sites[0]} and at ${sites[1]}; ` +
      (alike
        ? 'variables that they capture are not seen: put those into `env` (or `key`), so that each has its own; ' +
          'if they capture nothing, memoize once and keep the memoized function'
        : 'memoize once and keep the memoized function, or give one another name, namespace or version'),
  })
}

/** An identity as people read it: `"app/llm" "complete" version 2`. */
export function describeIdentity({ namespace, name, version }: Identity): string {
  const shown = [...(namespace === '' ? [] : [namespace]), name].map(text => JSON.stringify(text)).join(' ')
  return version === undefined ? shown : `${shown} version ${JSON.stringify(version)}`
}
