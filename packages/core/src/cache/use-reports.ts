import { keyOf } from '../calls/record-codec.ts'
import type { CallDigest } from '../digest/address.ts'
import { isRiposteError } from '../errors.ts'
import { isPromise, type MaybePromise } from '../flow.ts'
import type { Inside } from '../inside/inside.ts'

/** Reports that wait for the end of a turn: a program may go on for long without one. */
const MOST_WAITING = 1000

/** Refreshes the age of records that were used without a look at the store, behind the back of the calls that used them. */
export class UseReports {
  readonly #inside: Inside
  #waiting = new Set<CallDigest>()
  #running: Promise<void> | undefined

  constructor(inside: Inside) {
    this.#inside = inside
  }

  /** Takes note of a use; those of one turn of the event loop go to the store together. */
  report(digest: CallDigest): void {
    this.#waiting.add(digest)
    this.#running ??= this.#run()
    if (this.#waiting.size >= MOST_WAITING) void this.#touchWaiting()
  }

  /** Resolves when no report is under way. */
  async settled(): Promise<void> {
    while (this.#running !== undefined) await this.#running
  }

  async #run(): Promise<void> {
    await Promise.resolve()
    while (this.#waiting.size > 0) await this.#touchWaiting()
    this.#running = undefined
  }

  /** Asks the store at once. Where it answers at once nothing is left waiting, for a turn that may never end. */
  #touchWaiting(): MaybePromise<unknown> {
    const used = [...this.#waiting]
    this.#waiting.clear()
    const count = used.length
    try {
      const touched = this.#inside.store.calls.touch(used.map(keyOf))
      return isPromise(touched) ? touched.catch((error: unknown) => this.#failed(count, error)) : undefined
    } catch (error) {
      return this.#failed(count, error)
    }
  }

  #failed(count: number, cause: unknown): void {
    // Nobody waits for this. Where nothing can be written, ages are not kept either.
    if (isRiposteError(cause, 'ERR_REJECTED') || isRiposteError(cause, 'ERR_CLOSED')) return
    this.#inside.warn({ code: 'store', message: `the age of ${count} calls was not refreshed`, cause })
  }
}
