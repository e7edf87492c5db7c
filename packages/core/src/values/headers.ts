import { ENTRY_FORMAT, type EntryHeader, headerLength, readHeader } from '../codec/entry.ts'
import type { Digest } from '../digest/address.ts'
import { type Steps, wait } from '../flow.ts'
import type { Backend } from '../ports/backend.ts'

/** First bytes that are asked for: the header of an entry with up to 15 links. */
const FIRST_BYTES = 520
/** A header that claims to be longer is not trusted with memory: its entry is read as it is. */
const MAX_HEADER = 2 ** 26

/** What entries can be read from. */
export type ReadableBackend = Pick<Backend, 'get'>

/** A header that was read, not checked against its seal, or why there is none. */
export type HeaderFound = EntryHeader | 'absent' | 'corrupt' | 'unknown format'

/** The header of each entry, in order. Two reads at most; payloads stay where they are. */
export function* readHeaders(backend: ReadableBackend, keys: readonly Digest[]): Steps<readonly HeaderFound[]> {
  if (keys.length === 0) return []
  const firsts = yield* wait(backend.get(keys, { upTo: FIRST_BYTES }))
  const found = keys.map((_, i) => judge(firsts[i]))
  const longer = keys.flatMap((_, i) => ((firsts[i]?.length ?? 0) >= FIRST_BYTES && found[i] === 'corrupt' ? [i] : []))
  if (longer.length === 0) return found
  const upTo = Math.max(...longer.map(i => headerLength(firsts[i]!) ?? 0))
  const again = yield* wait(
    backend.get(
      longer.map(i => keys[i]!),
      upTo > MAX_HEADER ? {} : { upTo },
    ),
  )
  longer.forEach((i, at) => {
    found[i] = judge(again[at])
  })
  return found
}

function judge(bytes: Uint8Array | undefined): HeaderFound {
  if (bytes === undefined) return 'absent'
  if (bytes.length > 0 && bytes[0] !== ENTRY_FORMAT) return 'unknown format'
  return readHeader(bytes) ?? 'corrupt'
}
