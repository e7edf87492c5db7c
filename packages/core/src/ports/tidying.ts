import type { Digest } from '../digest/address.ts'
import type { MaybePromise } from '../flow.ts'
import type { Backend, EntryInfo, ListOptions, Removal, SyncBackend } from './backend.ts'

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

/** An entry of a listing, and how its bytes begin. */
export interface BegunEntry extends EntryInfo {
  /** The first byte; `undefined` where there is none. */
  readonly firstByte: number | undefined
}

/** A backend that knows how entries begin without reading them: so that who looks through all of them can leave most unread. */
export interface SurveyingBackend extends Backend {
  /** As `list`. */
  survey(options?: ListOptions): Iterable<BegunEntry> | AsyncIterable<BegunEntry>
}

export interface SyncSurveyingBackend extends SyncBackend {
  survey(options?: ListOptions): Iterable<BegunEntry>
}

export function isSurveying(backend: Backend): backend is SurveyingBackend {
  return 'survey' in backend
}

/** A set of keys that is kept aside for a while. It knows nothing of entries. */
export interface Marks {
  /** Adds keys. Says for each, in order, whether it was not there before: of a key that is given twice, the first time. */
  add(keys: readonly Digest[]): MaybePromise<readonly boolean[]>
  has(keys: readonly Digest[]): MaybePromise<readonly boolean[]>
  /** Gives the room of the set back: nobody uses it afterwards. May be called twice, and after the backend was closed. */
  drop(): MaybePromise<void>
}

/**
 * A backend that can keep sets of keys outside the memory of the process, so that who looks through all entries takes no more
 * memory for more of them. A wrapper that leaves this out costs memory, and nothing else: no wrapper here forwards it.
 */
export interface MarkingBackend extends Backend {
  /** An empty set, which only its holder sees. It is gone at the latest when the process ends. */
  marks(): Marks
}

export interface SyncMarks extends Marks {
  add(keys: readonly Digest[]): readonly boolean[]
  has(keys: readonly Digest[]): readonly boolean[]
  drop(): void
}

export interface SyncMarkingBackend extends SyncBackend {
  marks(): SyncMarks
}

export function isMarking(backend: Backend): backend is MarkingBackend {
  return 'marks' in backend
}
