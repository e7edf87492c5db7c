import type { MaybePromise } from '../flow.ts'
import type { Backend, SyncBackend, Touched } from './backend.ts'

/** What a backend holds, in figures. */
export interface Summary {
  readonly entries: number
  /** Bytes of the entries as stored. */
  readonly bytes: number
  /** When the entry that was used longest ago, or last, was written or touched; `undefined` where there are none. */
  readonly oldest: Touched | undefined
  readonly newest: Touched | undefined
}

/** A backend that knows its figures without a listing. */
export interface SummarizingBackend extends Backend {
  summarize(): MaybePromise<Summary>
}

export interface SyncSummarizingBackend extends SyncBackend {
  summarize(): Summary
}

export function isSummarizing(backend: Backend): backend is SummarizingBackend {
  return 'summarize' in backend
}

/** The calls of one function, over all versions. */
export interface FunctionSummary {
  readonly namespace: string
  readonly name: string
  readonly calls: number
  /** Bytes of the records, without their values. */
  readonly bytes: number
}

/** A backend of call records that knows how many each function has. */
export interface FunctionSummarizingBackend extends SummarizingBackend {
  /** In any order. Records that were stored without terms may be left out. */
  summarizeFunctions(): MaybePromise<readonly FunctionSummary[]>
}

export interface SyncFunctionSummarizingBackend extends SyncSummarizingBackend {
  summarizeFunctions(): readonly FunctionSummary[]
}

export function isFunctionSummarizing(backend: Backend): backend is FunctionSummarizingBackend {
  return 'summarizeFunctions' in backend
}
