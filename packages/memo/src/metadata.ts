import { type Steps, wait } from '@riposte/core'
import { answeredAtOnce } from './at-once-option.ts'
import type { PendingCall } from './pending-call.ts'
import { shown } from './shown.ts'
import type { CollectedMetadata } from './types/template.ts'

/** When a body started, in milliseconds since 1970, and how long it took, to thousandths. */
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
  let own: Metadata = {}
  for (const describe of definition.options.metadata) {
    const described = describe({ args, result })
    if (definition.atOnce) answeredAtOnce('metadata', 'an object of namespaces', described, 'use memoize')
    own = united(own, yield* wait(described))
  }
  return standardMetadata(call, own, noted)
}

/** Metadata with more, whose namespaces win as wholes, and whose tags by name. */
function united(metadata: Metadata, more: unknown): Metadata {
  if (typeof more !== 'object' || more === null || Array.isArray(more)) {
    throw new TypeError(`expected metadata to return an object of namespaces, got ${shown(more)}`)
  }
  const [tags, moreTags] = [tagsIn(metadata), tagsIn(more)]
  return { ...metadata, ...more, ...(tags && moreTags && { tags: { ...tags, ...moreTags } }) }
}

/** The metadata that every call has, over what a function's own says. */
export function standardMetadata(
  { definition, state, caller, keyed }: PendingCall,
  own: Metadata,
  { runtime, collected }: Noted,
): Metadata {
  const tags = { ...state.engine.noted.tags, ...definition.options.tags, ...caller.tags, ...tagsIn(own) }
  return {
    ...collected,
    ...own,
    ...(Object.keys(tags).length === 0 ? {} : { tags }),
    ...(keyed.context === undefined ? {} : { context: { digest: keyed.context } }),
    ...(runtime === undefined ? {} : { runtime }),
  }
}

/** Tags that a function's own metadata holds. Unlike those of an option they may hold more than scalars. */
function tagsIn(own: object): object | undefined {
  const tags: unknown = 'tags' in own ? own.tags : undefined
  if (tags === undefined) return undefined
  if (typeof tags === 'object' && tags !== null && !Array.isArray(tags)) return tags
  throw new TypeError(`expected metadata to return tags as an object, got ${shown(tags)}`)
}
