import type { MaybePromise } from '../flow.ts'
import type { Backend, Removal, SyncBackend } from './backend.ts'

/** A backend that removes many entries for less, if it may put off a part of the work. */
export interface TidyingBackend extends Backend {
  /** As `delete`. What it leaves behind nobody sees; it takes space until it is tidied away. */
  deleteMany(removals: readonly Removal[]): MaybePromise<number>
  /** Tidies away what was left behind, by this process or others, some with each step. May be left early. */
  tidy(): Iterable<undefined> | AsyncIterable<undefined>
}

export interface SyncTidyingBackend extends SyncBackend {
  deleteMany(removals: readonly Removal[]): number
  tidy(): Iterable<undefined>
}

export function isTidying(backend: Backend): backend is TidyingBackend {
  return 'tidy' in backend
}
