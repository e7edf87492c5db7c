import { isPromise, type MaybePromise } from '../flow.ts'
import type { Batch, BatchResult, Store } from '../ports/store.ts'

/** A larger transaction would hold up the thread. A single batch may be larger. */
const MOST_BYTES = 2 ** 20

interface Waiting {
  readonly batch: Batch
  readonly bytes: number
  readonly resolve: (result: MaybePromise<BatchResult>) => void
}

/**
 * Commits the batches of one turn of the event loop together. A store that answers now runs one transaction for each
 * commit otherwise, which takes as long as writing into it; one that answers later has them side by side anyway.
 */
export class CommitGroup {
  readonly #store: Store
  #waiting: Waiting[] = []
  #answersLater = false

  constructor(store: Store) {
    this.#store = store
  }

  commit(batch: Batch): MaybePromise<BatchResult> {
    if (this.#answersLater) return this.#store.commit(batch)
    return new Promise(resolve => {
      this.#waiting.push({ batch, bytes: bytesOf(batch), resolve })
      if (this.#waiting.length === 1) queueMicrotask(() => this.#flush())
    })
  }

  #flush(): void {
    const waiting = this.#waiting
    this.#waiting = []
    let portion: Waiting[] = []
    let bytes = 0
    for (const one of waiting) {
      if (portion.length > 0 && (bytes + one.bytes > MOST_BYTES || one.batch.mode !== portion[0]!.batch.mode)) {
        this.#commit(portion)
        portion = []
        bytes = 0
      }
      portion.push(one)
      bytes += one.bytes
    }
    this.#commit(portion)
  }

  #commit(portion: readonly Waiting[]): void {
    const [first] = portion
    if (first === undefined) return
    if (portion.length === 1 || this.#answersLater) {
      for (const one of portion) this.#commitAlone(one)
      return
    }
    let result: MaybePromise<BatchResult>
    try {
      result = this.#store.commit({
        values: portion.flatMap(({ batch }) => batch.values),
        calls: portion.flatMap(({ batch }) => batch.calls),
        mode: first.batch.mode,
        releases: portion.flatMap(({ batch }) => batch.releases ?? []),
      })
    } catch {
      // Maybe for one of them only: each learns for itself. What was written of it may be written again.
      for (const one of portion) this.#commitAlone(one)
      return
    }
    if (isPromise(result)) {
      this.#answersLater = true
      result.then(
        all => distribute(portion, all),
        () => portion.forEach(one => this.#commitAlone(one)),
      )
    } else distribute(portion, result)
  }

  #commitAlone({ batch, resolve }: Waiting): void {
    // As a promise, so that what is thrown rejects.
    resolve(new Promise(settle => settle(this.#commitNow(batch))))
  }

  #commitNow(batch: Batch): MaybePromise<BatchResult> {
    const result = this.#store.commit(batch)
    if (isPromise(result)) this.#answersLater = true
    return result
  }
}

/** Gives each its part of what was returned for all, which is in their order. */
function distribute(portion: readonly Waiting[], { values, calls, released }: BatchResult): void {
  let value = 0
  let call = 0
  for (const { batch, resolve } of portion) {
    const nextValue = value + batch.values.length
    const nextCall = call + batch.calls.length
    resolve({ values: values.slice(value, nextValue), calls: calls.slice(call, nextCall), released })
    value = nextValue
    call = nextCall
  }
}

function bytesOf({ values, calls }: Batch): number {
  let bytes = 0
  for (const entry of values) bytes += entry.bytes.length
  for (const entry of calls) bytes += entry.bytes.length
  return bytes
}
