/** Reads values entry by entry, children before parents, for who passes them on as they are stored. */

import { openEntry } from '../codec/entry.ts'
import type { Digest } from '../digest/address.ts'
import { isRiposteError, type RiposteError } from '../errors.ts'
import { run } from '../flow.ts'
import type { Inside } from '../inside/inside.ts'
import type { Entry } from '../ports/backend.ts'
import { closureOf } from './closure.ts'
import { removeCorrupt } from './corruption.ts'

/** Entries that are read at once, at most. */
const MOST = 256
/** Bytes that one read should bring. */
const AIM = 2 ** 22

/** What was passed on before, by whatever keeps such things. */
export interface Passed {
  has(key: Digest): boolean
  add(key: Digest): unknown
}

/** Reads values batch by batch, each entry once over all of them. */
export class WholeEntries {
  readonly #inside: Inside
  readonly #passed: Passed
  readonly #broken = new Set<Digest>()
  #batch = 16

  constructor(inside: Inside, passed: Passed) {
    this.#inside = inside
    this.#passed = passed
  }

  /** Whether a value was passed on with all that it links to. */
  isWhole(key: Digest): boolean {
    return this.#passed.has(key) && !this.#broken.has(key)
  }

  /**
   * The entries that roots reach and that were not given before, each checked against its seal. What is missing or
   * damaged is left out, and so is what links to it.
   *
   * @param unwanted - which of these keys need not be read: they are there, where the entries go
   */
  async *under(
    roots: readonly Digest[],
    unwanted?: (keys: readonly Digest[]) => Promise<ReadonlySet<Digest>>,
  ): AsyncGenerator<readonly Entry[], void, undefined> {
    const { values } = this.#inside.store
    const { order, links } = await run(closureOf(values, roots, key => this.#passed.has(key)))
    for (let at = 0; at < order.length; ) {
      const keys = order.slice(at, at + this.#batch)
      at += keys.length
      const there = unwanted === undefined ? NONE : await unwanted(keys)
      const read = await values.get(keys.filter(key => !there.has(key)))
      let next = 0
      const whole: Entry[] = []
      for (const key of keys) {
        const bytes = there.has(key) ? undefined : read[next++]
        const sound = there.has(key) || (bytes !== undefined && (await this.#isSound(key, bytes)))
        // Children come first, so what was not passed on by now is missing or broken.
        if (sound && (links.get(key) ?? []).every(link => this.isWhole(link))) {
          if (bytes !== undefined) whole.push({ key, bytes })
        } else this.#broken.add(key)
        this.#passed.add(key)
      }
      this.#adapt(whole)
      if (whole.length > 0) yield whole
    }
  }

  /** How many entries to read next time, by what came this time. */
  #adapt(entries: readonly Entry[]): void {
    const bytes = entries.reduce((sum, entry) => sum + entry.bytes.length, 0)
    if (bytes > AIM) this.#batch = Math.max(1, this.#batch >> 1)
    else if (bytes * 2 < AIM) this.#batch = Math.min(MOST, this.#batch * 2)
  }

  async #isSound(key: Digest, bytes: Uint8Array): Promise<boolean> {
    try {
      openEntry(key, bytes)
      return true
    } catch (error) {
      if (isRiposteError(error, 'ERR_UNKNOWN_FORMAT')) return false
      if (!isRiposteError(error, 'ERR_CORRUPT')) throw error
      await run(removeCorrupt(this.#inside, this.#inside.store.values, key, error as RiposteError<'ERR_CORRUPT'>))
      return false
    }
  }
}

const NONE: ReadonlySet<Digest> = /* @__PURE__ */ new Set()
