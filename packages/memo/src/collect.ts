/** Notes circumstances of a call as metadata. */
import { hostname } from 'node:os'
import type { MaybePromise } from '@riposte/core'
import { gitState } from './git-state.ts'
import type { Collectable } from './types/options.ts'
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

/** @param kind - whether everything must be there at once */
export function createCollector(what: readonly Collectable[], kind: { readonly atOnce: boolean }): Collector {
  const asks = (namespace: Collectable): boolean => what.includes(namespace)
  return {
    begin() {
      const git = asks('git') ? gitState(process.cwd(), kind) : undefined
      const cpu = asks('resources') ? process.cpuUsage() : undefined
      return {
        end() {
          const known = {
            ...(asks('environment') && { environment: environment() }),
            ...(cpu && { resources: resourcesSince(cpu) }),
          }
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

function environment(): CollectedMetadata['environment'] {
  return { node: process.versions.node, platform: `${process.platform}-${process.arch}`, hostname: hostname() }
}

function resourcesSince(begin: NodeJS.CpuUsage): CollectedMetadata['resources'] {
  const { user, system } = process.cpuUsage(begin)
  return { cpuUserMs: user / 1000, cpuSystemMs: system / 1000, heapUsedBytes: process.memoryUsage().heapUsed }
}
