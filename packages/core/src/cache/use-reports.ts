import { keyOf } from '../calls/record-codec.ts'
import type { CallDigest } from '../digest/address.ts'
import { isRiposteError } from '../errors.ts'
import type { Inside } from './inside.ts'

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
  }

  /** Resolves when no report is under way. */
  async settled(): Promise<void> {
    while (this.#running !== undefined) await this.#running
  }

  async #run(): Promise<void> {
    await Promise.resolve()
    while (this.#waiting.size > 0) {
      const used = [...this.#waiting]
      this.#waiting.clear()
      await this.#touch(used)
    }
    this.#running = undefined
  }

  async #touch(used: readonly CallDigest[]): Promise<void> {
    try {
      await this.#inside.store.calls.touch(used.map(keyOf))
    } catch (cause) {
      // Nobody waits for this. Where nothing can be written, ages are not kept either.
      if (isRiposteError(cause, 'ERR_REJECTED') || isRiposteError(cause, 'ERR_CLOSED')) return
      this.#inside.warn({ code: 'store', message: `the age of ${used.length} calls was not refreshed`, cause })
    }
  }
}
