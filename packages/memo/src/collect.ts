/** Notes circumstances of a call as metadata. */

import type { Collectable, MaybePromise } from '@riposte/core'
import { environment, gitState, measureResources, workingFolder } from '#host'
import type { CollectedMetadata } from './types/template.ts'

/** Begins to note the circumstances of one call. */
export interface Collector {
  begin(): Collection
}

/** What is noted of one call. */
export interface Collection {
  /** At the end of the body. Never fails. */
  end(): MaybePromise<Partial<CollectedMetadata>>
}

/**
 * What notes these circumstances; `undefined` for none.
 *
 * @param kind - whether everything must be there at once
 */
export function createCollector(
  what: readonly Collectable[],
  kind: { readonly atOnce: boolean },
): Collector | undefined {
  if (what.length === 0) return undefined
  const asks = (namespace: Collectable): boolean => what.includes(namespace)
  return {
    begin() {
      const folder = asks('git') ? workingFolder() : undefined
      const git = folder === undefined ? undefined : gitState(folder, kind)
      const measured = asks('resources') ? measureResources() : undefined
      return {
        end() {
          const known = present({
            environment: asks('environment') ? environment() : undefined,
            resources: measured?.(),
          })
          if (git === undefined) return known
          return git instanceof Promise ? git.then(state => withGit(known, state)) : withGit(known, git)
        },
      }
    },
  }
}

function withGit(
  known: Partial<CollectedMetadata>,
  git: { readonly state: CollectedMetadata['git'] | undefined },
): Partial<CollectedMetadata> {
  return git.state === undefined ? known : { ...known, git: git.state }
}

/** What the host knows. */
function present({ environment, resources }: Known): Partial<CollectedMetadata> {
  return { ...(environment && { environment }), ...(resources && { resources }) }
}

interface Known {
  readonly environment: CollectedMetadata['environment'] | undefined
  readonly resources: CollectedMetadata['resources'] | undefined
}
