import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { repository } from './command.ts'

type Target = string | { readonly [condition: string]: Target }
type Targets = Readonly<Record<string, Target>>

/** What these tests read of a package.json. */
export interface Manifest {
  readonly name: string
  readonly version: string
  readonly private?: boolean
  readonly scripts?: Readonly<Record<string, string>>
  readonly packageManager?: string
  readonly exports?: Targets
  readonly imports?: Targets
  readonly publishConfig?: { readonly exports?: Targets }
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

export interface WorkspacePackage {
  /** Relative to the repository, such as `packages/core`. */
  readonly folder: string
  readonly manifest: Manifest
}

export function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(repository, folder, 'package.json'), 'utf8'))
}

/** The packages that are published: all of `packages/`. */
export function publicPackages(): readonly WorkspacePackage[] {
  return readdirSync(join(repository, 'packages'))
    .sort()
    .map(name => ({ folder: `packages/${name}`, manifest: readManifest(`packages/${name}`) }))
    .filter(({ manifest }) => !manifest.private)
}

/** The files that a map of `exports` or `imports` leads to. */
export function targetsOf(targets: Target | Targets): readonly string[] {
  if (typeof targets === 'string') return [targets]
  return Object.values(targets).flatMap(targetsOf)
}

/** The same map as a user sees it: without the condition that leads to the sources. */
export function withoutSources(targets: Targets): Targets {
  const kept = Object.entries(targets).filter(([condition]) => condition !== '@riposte/source')
  return Object.fromEntries(
    kept.map(([name, target]) => [name, typeof target === 'string' ? target : withoutSources(target)]),
  )
}
