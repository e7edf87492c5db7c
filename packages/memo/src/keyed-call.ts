import { type Digest, isRiposteError, RiposteError } from '@riposte/core'
import { referencesMet } from '@riposte/core/engine'
import type { Keyed } from './parameters.ts'
import { storable } from './stand-in.ts'

/** What is keyed of one call. Digests are taken when they are asked for, once each. */
export class KeyedCall {
  readonly values: readonly unknown[]
  readonly names: readonly string[] | undefined
  /** What sets the call apart: of a method, what of its receiver belongs to the key; then the values. */
  readonly trail: readonly unknown[]
  readonly #digestOf: (value: unknown) => Digest
  readonly #conditions: readonly Digest[]
  readonly #offset: number
  #digests: (Digest | undefined)[] | undefined
  #context: Digest | undefined
  #holdsReferences = false

  /** @param context - what of the receiver belongs to the key, where something does */
  constructor(
    { values, names, conditions }: Keyed,
    context: { readonly value: unknown } | undefined,
    digestOf: (value: unknown) => Digest,
  ) {
    this.values = values
    this.names = names
    this.trail = context === undefined ? values : [context.value, ...values]
    this.#digestOf = digestOf
    this.#conditions = conditions
    this.#offset = context === undefined ? 0 : 1
  }

  /**
   * The digest of what stands in the trail at a position.
   *
   * @throws {RiposteError} `ERR_UNDIGESTIBLE` or `ERR_CYCLIC`, naming the argument
   */
  digestAt(position: number): Digest {
    this.#digests ??= []
    const known = this.#digests[position]
    if (known !== undefined) return known
    const met = referencesMet()
    try {
      const digest = this.#digestOf(storable(this.trail[position]))
      if (referencesMet() !== met) this.#holdsReferences = true
      this.#digests[position] = digest
      return digest
    } catch (error) {
      const at = position - this.#offset
      throw naming(at < 0 ? 'this' : (this.names?.[at] ?? `[${at}]`), error)
    }
  }

  /** Whether some of what was digested so far is a `ref`, or holds one at any depth. */
  get holdsReferences(): boolean {
    return this.#holdsReferences
  }

  /** @throws {RiposteError} `ERR_UNDIGESTIBLE` or `ERR_CYCLIC`, naming the argument */
  argumentDigests(): readonly Digest[] {
    return this.values.map((_, at) => this.digestAt(at + this.#offset))
  }

  /** Of a method: the condition that stands for what of its receiver belongs to the key. */
  get context(): Digest | undefined {
    if (this.#offset === 0) return undefined
    this.#context ??= contextCondition(this.digestAt(0), this.#digestOf)
    return this.#context
  }

  /** What sets it apart from calls whose values are the same and mean something else. */
  get conditions(): readonly Digest[] {
    const { context } = this
    return context === undefined ? this.#conditions : [...this.#conditions, context]
  }
}

/** The condition that stands for what of a receiver belongs to the key. */
export function contextCondition(context: Digest, digestOf: (value: unknown) => Digest): Digest {
  return digestOf({ context })
}

/** The same error, of an argument and not of a value. */
export function naming(argument: string, error: unknown): unknown {
  if (!isRiposteError(error, 'ERR_UNDIGESTIBLE') && !isRiposteError(error, 'ERR_CYCLIC')) return error
  const details = { ...error.details, path: argument + error.details.path }
  // The details are those of the error's own code.
  return new RiposteError(error.code, `argument ${argument}: ${error.message}`, details as typeof error.details, {
    cause: error,
  })
}
