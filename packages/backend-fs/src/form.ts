/** The two forms of a store: one answers now, one answers later. Everything else is the same. */
import { type MaybePromise, run, type Steps } from '@riposte/core'
import { asyncFiles } from './async-files.ts'
import type { Files, SyncFiles } from './files.ts'
import { syncFiles } from './sync-files.ts'

export interface Form {
  readonly files: Files
  /** The same files, where they answer now. */
  readonly filesNow: SyncFiles | undefined
  answer<T>(steps: Steps<T>): MaybePromise<T>
  /** The items of all pages. `next` gives the steps to the next page, which is `undefined` after the last. */
  stream<T>(next: () => Steps<readonly T[] | undefined>): Iterable<T> | AsyncIterable<T>
}

export const syncForm: Form = {
  files: syncFiles,
  filesNow: syncFiles,
  answer: run,
  *stream<T>(next: () => Steps<readonly T[] | undefined>) {
    for (;;) {
      // With files that answer now, steps never have to wait.
      const page = run(next()) as readonly T[] | undefined
      if (page === undefined) return
      yield* page
    }
  },
}

export const asyncForm: Form = {
  files: asyncFiles,
  filesNow: undefined,
  // What fails in the first step is a rejection too.
  answer: async steps => run(steps),
  async *stream(next) {
    for (;;) {
      const page = await run(next())
      if (page === undefined) return
      yield* page
    }
  },
}
