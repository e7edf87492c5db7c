import type { Tags } from '@riposte/core'
import type { Flight } from './flight.ts'
import { currentTags } from './tags.ts'

/** Whoever makes a call, from then until it is answered. */
export class Caller {
  /** The object that a method is called on. */
  readonly receiver: unknown
  readonly signal: AbortSignal | undefined
  readonly tags: Tags | undefined
  /** Whether it said that there may be `ref`s in any argument. */
  readonly passesReferences: boolean
  /** Whether the caller has its promise, so that it may have changed the arguments since they were digested. */
  returned = false
  /** Whether it waits no longer. */
  left = false
  #flight: Flight | undefined

  constructor(
    receiver: unknown,
    {
      signal,
      passesReferences = false,
    }: { readonly signal?: AbortSignal | undefined; readonly passesReferences?: boolean } = {},
  ) {
    this.receiver = receiver
    this.signal = signal
    this.passesReferences = passesReferences
    this.tags = currentTags()
  }

  /** Waits for a body that may be run for others too. */
  board(flight: Flight): void {
    this.#flight = flight
    flight.board()
    if (this.left) flight.leave(this.signal?.reason)
  }

  /** Stops waiting. */
  leave(): void {
    if (this.left) return
    this.left = true
    this.#flight?.leave(this.signal?.reason)
  }
}
