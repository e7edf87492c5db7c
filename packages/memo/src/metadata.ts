import { type Steps, wait } from '@riposte/core'
import type { Definition } from './definition.ts'

/** When a body started, in milliseconds since 1970, and how long it took. */
export interface Runtime {
  readonly startedAt: number
  readonly durationMs: number
}

/** The metadata of a call: what the function's options say, and when it ran, if it did. */
export function* metadataOf(
  { options }: Definition,
  args: readonly unknown[],
  result: unknown,
  runtime: Runtime | undefined,
): Steps<{ readonly [namespace: string]: unknown }> {
  // The arguments and the result are those of the function that it was typed with.
  const describe = options.metadata as
    | ((call: { readonly args: unknown; readonly result: unknown }) => unknown)
    | undefined
  const own = describe === undefined ? {} : yield* wait(describe({ args, result }))
  if (typeof own !== 'object' || own === null || Array.isArray(own)) {
    throw new TypeError(`expected metadata to return an object of namespaces, got ${String(own)}`)
  }
  const tags = { ...options.tags, ...('tags' in own ? (own.tags as object) : {}) }
  return { ...own, ...(Object.keys(tags).length === 0 ? {} : { tags }), ...(runtime === undefined ? {} : { runtime }) }
}
