import { decodeValue, linksOf } from '../codec/decode-value.ts'
import { BARE_HEADER, checkEntry, headerLength } from '../codec/entry.ts'
import { addressOf, type Link } from '../codec/types.ts'
import type { Digest } from '../digest/address.ts'
import { isRiposteError, RiposteError } from '../errors.ts'
import { chain, type MaybePromise, run, type Steps, wait } from '../flow.ts'
import type { Inside, Reading } from '../inside/inside.ts'
import { openOrRemove } from './corruption.ts'
import { gather, type Payloads } from './gather.ts'

/** A fresh copy of the value that stands at an address: its digest, or one of its forms. */
export function* loadValue(inside: Inside, address: Digest): Steps<unknown> {
  return yield* wait(loadNow(inside, address))
}

/** As `loadValue`. Takes no steps for a value without parts: they take 1 µs. */
export function loadNow(inside: Inside, address: Digest): MaybePromise<unknown> {
  return chain(inside.store.values.get([address]), found => {
    const [bytes] = found
    const start = bytes && startOfOnly(address, bytes)
    return start === undefined
      ? run(loadWhole(inside, address, found))
      : build(inside, address, bytes!.subarray(start), NO_PARTS)
  })
}

function* loadWhole(inside: Inside, address: Digest, found: readonly (Uint8Array | undefined)[]): Steps<unknown> {
  const payloads = yield* gather(inside, [address], undefined, found)
  return build(inside, address, payloads.get(address)!, payloads)
}

const NO_PARTS: Payloads = /* @__PURE__ */ new Map()

/** Where the payload of a sound entry begins that needs no other; `undefined` for what takes a closer look. */
export function startOfOnly(address: Digest, bytes: Uint8Array): number | undefined {
  if (headerLength(bytes) !== BARE_HEADER) return undefined
  try {
    return checkEntry(address, bytes)
  } catch (error) {
    if (isRiposteError(error, 'ERR_CORRUPT')) return undefined
    throw error
  }
}

/** Builds a value from its own payload and those of its parts. What cannot be built is told with the address. */
function build(inside: Inside, address: Digest, payload: Uint8Array, payloads: Payloads): unknown {
  try {
    return buildPayload(inside, payload, payloads)
  } catch (error) {
    throw tellingOf(address, error)
  }
}

/** What reading a payload threw, told with the address of its entry, which the payload does not know. */
export function tellingOf(address: Digest, error: unknown): unknown {
  if (isRiposteError(error, 'ERR_CORRUPT') && error.details.key === '') {
    const { reason } = error.details
    return new RiposteError('ERR_CORRUPT', `value ${address}: ${error.message}`, { key: address, reason })
  }
  if (isRiposteError(error, 'ERR_UNKNOWN_FORMAT') && error.details.key === '') {
    const { format } = error.details
    return new RiposteError('ERR_UNKNOWN_FORMAT', `value ${address}: ${error.message}`, { key: address, format })
  }
  return error
}

/** Builds a value from its own payload and those of its parts. Pure. */
export function buildPayload(inside: Pick<Reading, 'registry'>, payload: Uint8Array, payloads: Payloads): unknown {
  return decodeValue(payload, {
    registry: inside.registry,
    part: link => {
      const part = payloads.get(addressOf(link))
      if (part === undefined) throw undeclared(link)
      return part
    },
  })
}

/** The digests of the parts that a value links to directly, each once, in the order of their first link. */
export function* childrenOf(inside: Inside, key: Digest): Steps<readonly Digest[]> {
  const values = inside.store.values
  const [bytes] = yield* wait(values.get([key]))
  if (bytes === undefined) throw new RiposteError('ERR_NOT_FOUND', `no value is stored as ${key}`, { key })
  const { payload } = yield* openOrRemove(inside, values, key, bytes)
  return [...new Set(linksOf(payload).map(({ digest }) => digest))]
}

function undeclared(link: Link): RiposteError<'ERR_CORRUPT'> {
  const key = addressOf(link)
  return new RiposteError('ERR_CORRUPT', `a stored value links to ${key}, which its header does not name`, {
    key,
    reason: 'its header does not name all links',
  })
}
