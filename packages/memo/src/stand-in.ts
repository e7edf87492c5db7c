import { type Digest, digest, digestOf } from '@riposte/core'
import type { Identity } from './types/memoized.ts'

/** What stands for a memoized function in a key and in a record: who it is. */
interface StandIn {
  readonly memoized: Identity & { readonly conditions: readonly Digest[] }
}

const standIns: WeakMap<object, () => StandIn> = /* @__PURE__ */ new WeakMap()

/** Gives a memoized function its digest, from identity and conditions, and what is recorded of it as an argument. */
export function nameFunction<F extends object>(
  fn: F,
  { namespace, name, version }: Identity,
  conditions: () => readonly Digest[],
): F & { readonly [digestOf]: () => Digest } {
  const standIn = (): StandIn => ({ memoized: { namespace, name, version, conditions: conditions() } })
  standIns.set(fn, standIn)
  return Object.assign(fn, { [digestOf]: () => digest(standIn()) })
}

/** What is keyed and recorded of an argument: itself, save for a memoized function, which cannot be stored. */
export function storable(argument: unknown): unknown {
  return typeof argument === 'function' ? (standIns.get(argument)?.() ?? argument) : argument
}
