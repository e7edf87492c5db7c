import type { Inside } from '../cache/inside.ts'
import { decodeValue, linksOf } from '../codec/decode-value.ts'
import { addressOf, type Link } from '../codec/types.ts'
import type { Digest } from '../digest/address.ts'
import { RiposteError } from '../errors.ts'
import { type Steps, wait } from '../flow.ts'
import { openOrRemove } from './corruption.ts'
import { gather, type Payloads } from './gather.ts'

/** A fresh copy of the value that stands at an address: its digest, or one of its forms. */
export function* loadValue(inside: Inside, address: Digest): Steps<unknown> {
  return buildValue(inside, address, yield* gather(inside, [address]))
}

/** Builds a value from payloads at hand. Pure. */
export function buildValue(inside: Inside, address: Digest, payloads: Payloads): unknown {
  return buildPayload(inside, payloads.get(address)!, payloads)
}

/** Builds a value from its own payload and those of its parts. Pure. */
export function buildPayload(inside: Inside, payload: Uint8Array, payloads: Payloads): unknown {
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
