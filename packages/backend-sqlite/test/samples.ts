import { createHash } from 'node:crypto'
import { asDigest, type CallEntry, type CallTerms, type Digest, type Entry } from '@riposte/core'
import { NO_TERMS } from '../../core/test/support/no-terms.ts'

/** A key, scattered as digests are, for each name. */
export function keyOf(name: string | number): Digest {
  return asDigest(createHash('sha256').update(String(name)).digest('hex'))
}

export function entryOf(name: string | number, bytes: Uint8Array = Buffer.from(`bytes of ${name}`)): Entry {
  return { key: keyOf(name), bytes }
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
