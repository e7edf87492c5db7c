import { intercept, type MaybePromise, type Store } from '@riposte/core'

/** What lets each operation wait for a turn of the event loop, so that operations overlap: for `intercept`. */
export async function aTurnLater<T>(_operation: unknown, next: () => MaybePromise<T>): Promise<T> {
  await new Promise(setImmediate)
  return next()
}

/** The same store, answering a turn of the event loop later. */
export function answeringLater(store: Store): Store {
  return intercept(store, aTurnLater)
}
