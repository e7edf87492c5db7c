import { digestOf } from '@riposte/core'
import type { Definition } from './definition.ts'
import type { AnyFunction } from './types/functions.ts'
import type { MemoVerbs } from './types/memoized.ts'
import { verbsOf } from './verbs.ts'

/** The inside of every memoized function. */
export const definitions: WeakMap<object, Definition> = /* @__PURE__ */ new WeakMap()

/**
 * The verbs of a memoized function whose type does not show them, such as a decorated method.
 *
 * @param self - the receiver, for the verbs of a method that are about one call
 * @throws {TypeError} when the function is not memoized
 */
export function verbs<F extends AnyFunction>(
  fn: F,
  self?: ThisParameterType<F>,
): MemoVerbs<F, readonly [], Parameters<F>, unknown> {
  const definition = definitions.get(fn)
  if (definition === undefined) throw new TypeError(`expected a memoized function, got ${typeof fn}`)
  // Every memoized function has a digest.
  const { [digestOf]: digest } = fn as F & Pick<MemoVerbs<F, readonly [], Parameters<F>, unknown>, typeof digestOf>
  const found = { ...verbsOf(definition, self === undefined ? undefined : { self }), [digestOf]: digest }
  // The verbs go by the parameters of the function that was memoized, which are those of F.
  return found as object as MemoVerbs<F, readonly [], Parameters<F>, unknown>
}
