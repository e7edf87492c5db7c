import type { MaybePromise } from '@riposte/core'
import pLimit from 'p-limit'
import { bindToCaller } from '#host'
import { createScope } from './scope.ts'

/** A body that was told to run. */
export interface Task<T> {
  readonly result: MaybePromise<T>
  /** Starts the body though no slot is free; nothing if it has started. */
  readonly hurry: () => void
}

/** Runs the bodies of one function. */
export interface Bodies {
  run<T>(body: () => MaybePromise<T>): Task<T>
  /** Whether the code that asks was started by a running body of the function. */
  inside(): boolean
}

const ALREADY = (): void => {}

/** Bodies that start at once. */
const UNBOUNDED: Bodies = {
  run: body => ({ result: body(), hurry: ALREADY }),
  inside: () => false,
}

/**
 * At most `concurrency` bodies at a time; without it, any number. A body started by a running body of the same
 * function takes no slot, and neither does one that such a body waits for: with all slots taken by bodies that wait
 * for others of their kind, none would ever end.
 */
export function createBodies(concurrency: number | undefined): Bodies {
  if (concurrency === undefined) return UNBOUNDED
  const limit = pLimit(concurrency)
  const scope = createScope<{ running: boolean }>()
  const inside = (): boolean => scope.get()?.running === true

  const runMarked = <T>(body: () => MaybePromise<T>): Promise<T> => {
    // A timer that a body leaves behind is still in its scope, so the end of the body is marked.
    const mark = { running: true }
    return scope.run(mark, async () => {
      try {
        return await body()
      } finally {
        mark.running = false
      }
    })
  }

  return {
    inside,
    run: <T>(body: () => MaybePromise<T>) => {
      if (inside()) return { result: runMarked(body), hurry: ALREADY }
      let started: Promise<void> | undefined
      let hurry = ALREADY
      const result = new Promise<T>(resolve => {
        const start = (): Promise<void> => {
          if (started === undefined) {
            const running = runMarked(body)
            resolve(running)
            started = running.then(ALREADY, ALREADY)
          }
          return started
        }
        // Whoever hurries it has a context of its own, which is not that of the caller.
        hurry = bindToCaller(() => void start())
        void limit(start)
      })
      return { result, hurry }
    },
  }
}
