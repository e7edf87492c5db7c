// Keeps the books of a run: how often each step was called, how often its function really ran, and how long it took.

/** @typedef {{ readonly step: string, calls: number, computed: number, ms: number }} Account */

export class Ledger {
  /** @type {Map<string, Account>} */
  #accounts = new Map()
  /** @type {(ledger: Ledger) => void} */
  #onCall

  /** @param {(ledger: Ledger) => void} [onCall] - told after every call */
  constructor(onCall = () => {}) {
    this.#onCall = onCall
  }

  /** @returns {readonly Account[]} of steps that were called, in the order of their definition */
  get accounts() {
    return [...this.#accounts.values()].filter(account => account.calls > 0)
  }

  get calls() {
    return this.accounts.reduce((sum, { calls }) => sum + calls, 0)
  }

  get computed() {
    return this.accounts.reduce((sum, { computed }) => sum + computed, 0)
  }

  /**
   * The same function, which counts that it ran. This is what gets memoized: a hit never comes here.
   * @template {readonly unknown[]} A
   * @template R
   * @param {string} step
   * @param {(...args: A) => R} body
   * @returns {(...args: A) => R}
   */
  body(step, body) {
    const account = this.#account(step)
    return (...args) => {
      account.computed += 1
      return body(...args)
    }
  }

  /**
   * The two verbs of a memoized function that a pipeline needs, counted: both take values or references,
   * `withRefs` gives the result, `ref` a reference to it.
   * @template {{ withRefs: (...args: never) => Promise<unknown>, ref: (...args: never) => Promise<unknown>, readonly identity: { readonly name: string } }} M
   * @param {M} memoized
   * @returns {Pick<M, 'withRefs' | 'ref'>}
   */
  follow(memoized) {
    const account = this.#account(memoized.identity.name)
    const counted = (/** @type {(...args: readonly unknown[]) => Promise<unknown>} */ verb) => {
      return async (/** @type {readonly unknown[]} */ ...args) => {
        const begin = performance.now()
        const result = await verb(...args)
        account.calls += 1
        account.ms += performance.now() - begin
        this.#onCall(this)
        return result
      }
    }
    // The arguments are passed on as they come, so each verb keeps its own type.
    const { withRefs, ref } =
      /** @type {Record<'withRefs' | 'ref', (...args: readonly unknown[]) => Promise<unknown>>} */ (
        /** @type {unknown} */ (memoized)
      )
    return /** @type {Pick<M, 'withRefs' | 'ref'>} */ ({ withRefs: counted(withRefs), ref: counted(ref) })
  }

  /** @param {string} step */
  #account(step) {
    const account = this.#accounts.get(step) ?? { step, calls: 0, computed: 0, ms: 0 }
    this.#accounts.set(step, account)
    return account
  }
}
