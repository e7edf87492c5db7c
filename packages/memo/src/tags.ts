import type { Tags } from '@riposte/core'
import { areTags } from '@riposte/core/engine'
import { checkBody, createScope, type Scope } from './scope.ts'
import { shown } from './shown.ts'

const scopes: Scope<Tags> = /* @__PURE__ */ createScope()

/**
 * Runs `body`; the calls that are computed in it, or in what it awaits or starts, have these tags too. They go over
 * those of the function's options, under those that its `metadata` returns. Inner scopes add to outer ones.
 *
 * @throws {TypeError} when `tags` is no object of strings, numbers and booleans, or `body` no function
 */
export function withTags<T>(tags: Tags, body: () => T): T {
  if (!areTags(tags)) {
    throw new TypeError(`expected tags as an object of strings, numbers and booleans, got ${shown(tags)}`)
  }
  checkBody(body, "withTags({ run: 'a' }, () => work())")
  return scopes.run({ ...scopes.get(), ...tags }, body)
}

/** The tags of the scopes that the caller is in. */
export function currentTags(): Tags | undefined {
  return scopes.get()
}
