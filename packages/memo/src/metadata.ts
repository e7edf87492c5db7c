import { type Steps, wait } from '@riposte/core'
import { answeredAtOnce } from './at-once-option.ts'
import type { PendingCall } from './pending-call.ts'
import { shown } from './shown.ts'
import type { CollectedMetadata } from './types/template.ts'

/** When a body started, in milliseconds since 1970, and how long it took. */
export interface Runtime {
  readonly startedAt: number
  readonly durationMs: number
}

/** What was noted while a body ran. */
export interface Noted {
  readonly runtime?: Runtime
  readonly collected?: Partial<CollectedMetadata>
}

export type Metadata = { readonly [namespace: string]: unknown }

/** The metadata of a call: what the function's options say, the scopes that it was made in, and what was noted of it. */
export function* metadataOf(
  call: PendingCall,
  args: readonly unknown[],
  result: unknown,
  noted: Noted,
): Steps<Metadata> {
  const { definition } = call
  // The arguments and the result are those of the function that it was typed with.
  const describe = definition.options.metadata as
    | ((call: { readonly args: unknown; readonly result: unknown }) => unknown)
    | undefined
  if (describe === undefined) return standardMetadata(call, {}, noted)
  const described = describe({ args, result })
  if (definition.atOnce) answeredAtOnce('metadata', 'an object of namespaces', described, 'use memoize')
  return standardMetadata(call, yield* wait(described), noted)
}

/** The metadata that every call has, over what a function's own says. */
export function standardMetadata(
  { definition, caller, keyed }: PendingCall,
  own: unknown,
  { runtime, collected }: Noted,
): Metadata {
  if (typeof own !== 'object' || own === null || Array.isArray(own)) {
    throw new TypeError(`expected metadata to return an object of namespaces, got ${shown(own)}`)
  }
  const tags = { ...definition.options.tags, ...caller.tags, ...('tags' in own ? (own.tags as object) : {}) }
  return {
    ...collected,
    ...own,
    ...(Object.keys(tags).length === 0 ? {} : { tags }),
    ...(keyed.context === undefined ? {} : { context: { digest: keyed.context } }),
    ...(runtime === undefined ? {} : { runtime }),
  }
}
