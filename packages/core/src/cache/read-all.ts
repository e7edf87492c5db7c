import { pagesOf } from '../keys/walk.ts'
import type { Backend, EntryInfo } from '../ports/backend.ts'

/** Entries that are listed, and read, at once at most. */
const MOST = 256
/** Bytes that one read should not bring more of. */
const AIM = 2 ** 22

/** An entry as it is listed, with its bytes. */
export interface ReadEntry extends EntryInfo {
  readonly bytes: Uint8Array
}

/**
 * Every entry of a backend, some at a time: many small ones, or one that is large.
 *
 * @param missed - told of entries that were listed and not given: removed meanwhile, or withheld by who looks at them first
 */
export async function* readAll(
  backend: Backend,
  missed?: (entries: readonly EntryInfo[]) => void,
): AsyncGenerator<readonly ReadEntry[], void, undefined> {
  for await (const page of pagesOf(backend.list(), MOST)) {
    for (const batch of batchesOf(page)) {
      const read = await backend.get(batch.map(({ key }) => key))
      missed?.(batch.filter((_, i) => read[i] === undefined))
      yield batch.flatMap((info, i) => {
        const bytes = read[i]
        return bytes === undefined ? [] : [{ ...info, bytes }]
      })
    }
  }
}

function* batchesOf(page: readonly EntryInfo[]): Iterable<readonly EntryInfo[]> {
  let batch: EntryInfo[] = []
  let bytes = 0
  for (const info of page) {
    if (batch.length > 0 && bytes + info.size > AIM) {
      yield batch
      batch = []
      bytes = 0
    }
    batch.push(info)
    bytes += info.size
  }
  if (batch.length > 0) yield batch
}
