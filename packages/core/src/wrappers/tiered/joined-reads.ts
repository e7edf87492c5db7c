import { checkEntry } from '../../codec/entry.ts'
import type { Digest } from '../../digest/address.ts'
import { chain, isPromise, type MaybePromise, run, type Steps, wait } from '../../flow.ts'
import type { Bytes } from './tier-side.ts'

/** Reads under way, by key, which others of the same key join. */
export type Reads = Map<Digest, Promise<ReadonlyMap<Digest, Bytes>>>

/**
 * Reads of several stores, of which those of one key that come at a time are one.
 *
 * @param reads - those under way; a write takes out of it what it has overtaken
 * @param nearest - asks the fastest store; `undefined` where there is none, or what it has is not to be trusted alone
 * @param readWhole - asks all of them, in steps
 */
export function joinedReads(
  reads: Reads,
  nearest: (keys: readonly Digest[]) => MaybePromise<readonly Bytes[]> | undefined,
  readWhole: (keys: readonly Digest[]) => Steps<ReadonlyMap<Digest, Bytes>>,
): (keys: readonly Digest[]) => MaybePromise<readonly Bytes[]> {
  let nearestAnswersNow = false

  /**
   * What the fastest has, if it answers now and has all of it sound. So nearly every hit goes: steps cost as much as a
   * whole read of SQLite.
   */
  const getNearest = (keys: readonly Digest[]): readonly Bytes[] | undefined => {
    if (reads.size > 0) return undefined
    try {
      const found = nearest(keys)
      if (isPromise(found)) {
        nearestAnswersNow = false
        found.catch(() => {})
        return undefined
      }
      if (found === undefined) return undefined
      for (const [i, bytes] of found.entries()) {
        if (bytes === undefined) return undefined
        checkEntry(keys[i]!, bytes)
      }
      return found
    } catch {
      // The steps see what is wrong, and judge it.
      return undefined
    }
  }

  const readTogether = (keys: readonly Digest[]): MaybePromise<ReadonlyMap<Digest, Bytes>> => {
    const read = run(readWhole(keys))
    if (!isPromise(read)) nearestAnswersNow = true
    else {
      for (const key of keys) reads.set(key, read)
      const end = (): void => {
        for (const key of keys) if (reads.get(key) === read) reads.delete(key)
      }
      read.then(end, end)
    }
    return read
  }

  return keys => {
    // Asked of all, so that the answer tells whether all answer now.
    if (keys.length === 0) return chain(run(readWhole(keys)), () => [])
    const found = nearestAnswersNow ? getNearest(keys) : undefined
    if (found !== undefined) return found
    const own = keys.filter(key => !reads.has(key))
    const others = own.length === keys.length ? [] : new Set(keys.flatMap(key => reads.get(key) ?? []))
    return run(joined(keys, own.length === 0 ? [...others] : [readTogether(own), ...others]))
  }
}

function* joined(
  keys: readonly Digest[],
  reads: readonly MaybePromise<ReadonlyMap<Digest, Bytes>>[],
): Steps<readonly Bytes[]> {
  const found = new Map<Digest, Bytes>()
  for (const read of reads) for (const [key, bytes] of yield* wait(read)) found.set(key, bytes)
  return keys.map(key => found.get(key))
}
