import { createHash } from 'node:crypto'
import { asDigest, type CallEntry, type CallTerms, type Digest, type Entry } from '@riposte/core'

/** A key, scattered as digests are, for each name. */
export function keyOf(name: string | number): Digest {
  return asDigest(createHash('sha256').update(String(name)).digest('hex'))
}

export function entryOf(name: string | number, bytes: Uint8Array = Buffer.from(`bytes of ${name}`)): Entry {
  return { key: keyOf(name), bytes }
}

const NO_TERMS: CallTerms = {
  namespace: '',
  name: 'f',
  version: undefined,
  args: [],
  result: undefined,
  resultParts: [],
  metadata: [],
}

export function callOf(name: string | number, terms: Partial<CallTerms> = {}): CallEntry {
  return { ...entryOf(name), terms: { ...NO_TERMS, ...terms } }
}

export function thrownBy(operation: () => unknown): unknown {
  try {
    operation()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}
