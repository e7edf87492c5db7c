import type { Found } from '../calls/stored-record.ts'
import type { CallDigest } from '../digest/address.ts'
import { copyPlain, isPlain, type Plain } from './plain-copy.ts'

/** What a hot call takes beside its bytes: keys, slots of maps, objects, its result built. Measured: 3.5 KB a call of 400 bytes. */
const OVERHEAD = 3072

/** A larger result, in bytes, is not kept as a value beside its stored form. */
const MAX_PLAIN = 4096

/**
 * What a result is given out from: `fixed`, itself, for nobody can change it; `plain`, a copy that is kept;
 * `stored`, its stored form.
 */
type Source = 'fixed' | 'plain' | 'stored'

/**
 * A result in the table of hot calls. Others may hold it, and ask the table before each use whether it is still hot:
 * once it has left, it holds no result.
 */
export class HotCall {
  readonly digest: CallDigest
  readonly size: number
  /** The last moment at which it is hot, on the table's clock; before all moments once the call has left the table. */
  until: number
  /** The record with its result, not built; `undefined` once the call has left the table. */
  found: Found | undefined
  /** Whether it was used at all, and whether since the table last looked for one to let go of. */
  used = false
  recent = false
  readonly #expiresAt: number
  /** What a result is copied from, once it was built. */
  #source: Source | undefined
  #fixed: unknown
  #plain: Plain | undefined

  constructor(found: Found, until: number) {
    const { digest, expiresAt = Number.POSITIVE_INFINITY } = found.record
    this.digest = digest
    this.#expiresAt = expiresAt
    this.size = found.size + OVERHEAD
    this.until = until
    this.found = found
  }

  /** Whether the record is of no use any more. That goes by the time of day, as it was written by any process. */
  get expired(): boolean {
    return this.#expiresAt !== Number.POSITIVE_INFINITY && Date.now() >= this.#expiresAt
  }

  /** The result: a fresh copy each time. `undefined` once the call has left the table. */
  value(): unknown {
    switch (this.#source) {
      case 'fixed':
        return this.#fixed
      case 'plain':
        return copyPlain(this.#plain!)
      case 'stored':
        return this.found?.value()
      default:
        return this.#first()
    }
  }

  leave(): void {
    this.until = Number.NEGATIVE_INFINITY
    this.found = undefined
    this.#source = 'stored'
    this.#fixed = undefined
    this.#plain = undefined
  }

  #first(): unknown {
    const value = this.found?.value()
    if ((typeof value !== 'object' || value === null) && typeof value !== 'function') {
      this.#source = 'fixed'
      this.#fixed = value
    } else if (this.size - OVERHEAD <= MAX_PLAIN && typeof value === 'object' && isPlain(value)) {
      this.#source = 'plain'
      this.#plain = copyPlain(value)
    } else this.#source = 'stored'
    return value
  }
}
