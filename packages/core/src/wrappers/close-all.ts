import { type MaybePromise, type Steps, wait } from '../flow.ts'

/** Closes all, also when one fails; then fails with the first error. */
export function* closeAll(all: readonly { close(): MaybePromise<void> }[]): Steps<void> {
  let failed: { readonly error: unknown } | undefined
  for (const one of all) {
    try {
      yield* wait(one.close())
    } catch (error) {
      failed ??= { error }
    }
  }
  if (failed !== undefined) throw failed.error
}
