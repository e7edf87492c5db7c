import { encodeValue } from '../codec/encode-value.ts'
import type { Claim, EncodedValue } from '../codec/types.ts'
import type { CallDigest, Digest } from '../digest/address.ts'
import type { Inside } from '../inside/inside.ts'
import type { Flight } from '../inside/saves-in-flight.ts'
import { callDigest } from './call-digest.ts'
import { checkArguments, checkIdentity } from './check-identity.ts'
import type { CallArguments, CallIdentity, PreparedCall } from './types.ts'

type State = 'prepared' | 'committing' | 'committed' | 'abandoned'

/** A call before its result. Its arguments are encoded and kept, so that changing them changes nothing. */
export class SealedCall implements PreparedCall {
  readonly digest: CallDigest
  readonly identity: CallIdentity
  readonly names: readonly string[] | undefined
  readonly argumentDigests: readonly Digest[]
  /** Inside of the package only. */
  readonly inside: Inside
  readonly storeArguments: boolean
  readonly claims: readonly Claim[]
  #args: readonly EncodedValue[]
  #state: State = 'prepared'
  /** Keeps what the arguments refer to from the sweep, as long as somebody holds this call. */
  readonly #flight: Flight | undefined

  constructor(inside: Inside, identity: CallIdentity, args: CallArguments, storeArguments: boolean) {
    checkIdentity(identity)
    checkArguments(args)
    this.inside = inside
    this.identity = identity
    this.names = args.names
    this.storeArguments = storeArguments
    this.#args = Array.from(args.values, value => encodeValue(value, inside))
    this.argumentDigests = this.#args.map(({ digest }) => digest)
    this.claims = this.#args.flatMap(({ claims }) => claims)
    this.digest = callDigest(identity, this.argumentDigests)
    const claimed = this.claims.map(({ digest }) => digest)
    this.#flight = claimed.length === 0 ? undefined : inside.saves.beginForgettable(claimed)
  }

  /** The encoded arguments, for a commit that ends with `committed` or `failed`. */
  begin(): readonly EncodedValue[] {
    if (this.#state !== 'prepared') {
      const was = this.#state === 'committing' ? 'is being committed' : `was ${this.#state}`
      throw new TypeError(`expected a prepared call; this one ${was} already: prepare it anew`)
    }
    this.#state = 'committing'
    return this.#args
  }

  committed(): void {
    this.#end('committed')
  }

  failed(): void {
    if (this.#state === 'committing') this.#state = 'prepared'
  }

  abandon(): void {
    if (this.#state === 'prepared') this.#end('abandoned')
  }

  #end(state: State): void {
    this.#state = state
    this.#args = []
    this.#flight?.end()
  }
}

/** @throws {TypeError} when the call was prepared by another cache, or is none */
export function sealedCall(inside: Inside, call: PreparedCall): SealedCall {
  if (call instanceof SealedCall && call.inside === inside) return call
  throw new TypeError('expected a call that was prepared by this cache')
}
