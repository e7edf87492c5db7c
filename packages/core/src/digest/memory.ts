/** What one walk remembers of parts: encodings of those that may come again, and those that it put off. */
import type { StoredPiece } from '../codec/stored-form.ts'
import type { RegisteredClass } from '../registry/registry.ts'

/** Levels of containers that one walk goes down. What lies deeper is put off, so that depth is bounded by memory, not by the stack. */
export const MAX_DEPTH = 200
/** Containers after which parts are remembered, lest a part that stands in many places is encoded many times. */
const REMEMBER_AFTER = 10_000
/** Only parts of so many containers are remembered: below, encoding again is cheaper. */
const REMEMBER_ABOVE = 64

export interface KnownPart {
  /** Its encoding as a part: itself or a link. */
  readonly canonical: Uint8Array
  readonly stored: StoredPiece | undefined
}

export class Memory {
  known: Map<object, KnownPart> | undefined
  /** Parts too deep for this walk. While there are any, encodings lack them. */
  putOff: Set<object> | undefined
  /** Remembered in this walk, for this walk only if something is put off in it: they may lack parts, or link to nodes that are rolled back. */
  #unsettled: object[] = []
  /** States of instances at the depth where parts are put off, to be found again: taking apart makes them anew. */
  #remade: Map<object, unknown> | undefined

  forget(): void {
    this.known = undefined
    this.putOff = undefined
    this.#remade = undefined
    if (this.#unsettled.length > 0) this.#unsettled = []
  }

  /** Whether a part is worth remembering, when `containers` were walked over and `before` before it. */
  isWorth(containers: number, before: number): boolean {
    return containers > REMEMBER_AFTER && containers - before >= REMEMBER_ABOVE
  }

  remember(value: object, part: KnownPart): void {
    this.known ??= new Map()
    this.known.set(value, part)
  }

  /** Remembers a part of a walk that may yet put something off. */
  rememberUnsettled(value: object, part: KnownPart): void {
    this.remember(value, part)
    if (part.stored !== undefined || this.putOff !== undefined) this.#unsettled.push(value)
  }

  putOffPart(value: object): void {
    this.putOff ??= new Set()
    this.putOff.add(value)
  }

  /** What the walk that ends here put off. */
  takePutOff(): object[] {
    const rest = this.putOff === undefined ? [] : [...this.putOff]
    this.putOff = undefined
    if (rest.length > 0) for (const value of this.#unsettled) this.known?.delete(value)
    this.#unsettled.length = 0
    return rest
  }

  stateOf(instance: object, registered: RegisteredClass, depth: number): unknown {
    if (depth < MAX_DEPTH) return registered.takeApart(instance)
    this.#remade ??= new Map()
    if (!this.#remade.has(instance)) this.#remade.set(instance, registered.takeApart(instance))
    return this.#remade.get(instance)
  }
}
