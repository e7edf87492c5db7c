/** What differs between Node and other hosts. This is the half of all others, such as browsers. */
import type { CollectedMetadata } from '../types/template.ts'
import type { GitState } from './git-state.ts'
import type { ScopeStorage } from './types.ts'

/** Elsewhere nothing follows what is awaited: a value holds until the body that it is for first waits. */
export function createStorage<T>(): ScopeStorage<T> {
  let current: T | undefined
  return {
    run(value, body) {
      const outer = current
      current = value
      try {
        return body()
      } finally {
        current = outer
      }
    },
    getStore: () => current,
  }
}

export const storagesAreCheap: boolean = true

/** Only primitives are shown as they are. */
export function inspectShort(value: unknown, _width: number): string {
  return typeof value === 'object' ? Object.prototype.toString.call(value) : String(value)
}

/** Elsewhere nothing works in a folder. */
export function workingFolder(): string | undefined {
  return undefined
}

/** Elsewhere there are no repositories. */
export function gitState(_folder: string, _kind: { readonly atOnce: boolean }): GitState {
  return { state: undefined }
}

/** Elsewhere it is nobody's business. */
export function environment(): CollectedMetadata['environment'] | undefined {
  return undefined
}

/** Elsewhere there is nobody to ask. */
export function measureResources(): () => CollectedMetadata['resources'] | undefined {
  return () => undefined
}
