import type { MaybePromise } from '@riposte/core'
import type { LimitFunction } from 'p-limit'
import type { Flight } from './flight.ts'
import { createScope } from './scope.ts'

/** A place among the bodies that may run at once. */
export interface Slot {
  /** Leaves it to the next in line; nothing if that was done. */
  free(): void
}

/** The bodies of one function, and how many of them may run at once. */
export interface Bodies {
  /**
   * A slot for a body: now where none is needed, else in turn. A flight that is hurried, before or while it queues, needs
   * none.
   */
  slot(flight: Flight | undefined): MaybePromise<Slot>
  /** Runs a body that has a slot. */
  run<T>(body: () => MaybePromise<T>): MaybePromise<T>
  /** Whether the code that asks was started by a running body of the function. */
  inside(): boolean
}

/** Of those who need none. */
const NO_SLOT: Slot = { free: () => {} }

/** Bodies that start at once. */
const UNBOUNDED: Bodies = {
  slot: () => NO_SLOT,
  run: body => body(),
  inside: () => false,
}

/**
 * At most `concurrency` bodies at a time; without it, any number. A body started by a running body of the same
 * function takes no slot, and neither does one that such a body waits for: with all slots taken by bodies that wait
 * for others of their kind, none would ever end.
 */
export function createBodies(concurrency: number | undefined): Bodies {
  if (concurrency === undefined) return UNBOUNDED
  const scope = createScope<{ running: boolean }>()
  const inside = (): boolean => scope.get()?.running === true
  let limit: Promise<LimitFunction> | undefined
  /** In the order of the calls, for they all wait for one promise. */
  const queue = async (turn: () => Promise<void> | undefined): Promise<void> => {
    // Few functions are bounded, and to import it takes 2 ms.
    limit ??= import('p-limit').then(({ default: pLimit }) => pLimit(concurrency))
    await (await limit)(turn)
  }

  return {
    inside,
    slot: flight => {
      if (inside() || flight?.hurried === true) return NO_SLOT
      return new Promise<Slot>((resolve, reject) => {
        let hurried = false
        flight?.whenHurried(() => {
          hurried = true
          resolve(NO_SLOT)
        })
        queue(() => (hurried ? undefined : new Promise<void>(free => resolve({ free })))).catch(reject)
      })
    },
    run: body => {
      // A timer that a body leaves behind is still in its scope, so the end of the body is marked.
      const mark = { running: true }
      return scope.run(mark, async () => {
        try {
          return await body()
        } finally {
          mark.running = false
        }
      })
    },
  }
}
