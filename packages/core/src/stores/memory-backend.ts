import type { Digest } from '../digest/address.ts'
import type { EntryInfo, ListOptions, SyncBackend, Touched } from '../ports/backend.ts'
import { createGate } from './gate.ts'

interface Held {
  readonly bytes: Uint8Array
  touched: Touched
}

/** A backend in this process's memory. Closing it lets go of what it held. */
export function memoryBackend(what: string, clock: () => Touched): SyncBackend {
  const gate = createGate(what)
  const held = new Map<Digest, Held>()
  // Sorted when somebody lists, dropped when a key comes or goes; never changed, so that a listing may go on with it.
  let ascending: readonly Digest[] | undefined

  function* walk({ prefix = '', after }: ListOptions): Iterable<EntryInfo> {
    ascending ??= [...held.keys()].sort()
    const keys = ascending
    for (let i = lowerBound(keys, after !== undefined && after > prefix ? after : prefix); i < keys.length; i++) {
      gate.pass()
      const key = keys[i] as Digest // i is within bounds
      if (!key.startsWith(prefix)) return
      const entry = held.get(key)
      if (entry !== undefined && key !== after) yield { key, size: entry.bytes.length, touched: entry.touched }
    }
  }

  return {
    get(keys) {
      gate.pass()
      return keys.map(key => held.get(key)?.bytes)
    },
    put(entries, mode) {
      gate.pass()
      return entries.map(({ key, bytes }) => {
        const standing = held.get(key)
        if (standing === undefined || mode === 'replace') {
          if (standing === undefined) ascending = undefined
          // Not slice(): that of a Buffer shares the caller's memory.
          held.set(key, { bytes: new Uint8Array(bytes), touched: clock() })
          return undefined
        }
        if (mode === 'keep') standing.touched = clock()
        return standing.bytes
      })
    },
    touch(keys) {
      gate.pass()
      return keys.map(key => {
        const entry = held.get(key)
        if (entry !== undefined) entry.touched = clock()
        return entry !== undefined
      })
    },
    has(keys) {
      gate.pass()
      return keys.map(key => held.has(key))
    },
    delete(removals) {
      gate.pass()
      let removed = 0
      for (const { key, touched } of removals) {
        const entry = held.get(key)
        if (entry === undefined || (touched !== undefined && touched !== entry.touched)) continue
        held.delete(key)
        removed++
      }
      if (removed > 0) ascending = undefined
      return removed
    },
    list(options = {}) {
      gate.pass()
      return walk(options)
    },
    now() {
      gate.pass()
      return clock()
    },
    close() {
      gate.shut()
      held.clear()
      ascending = undefined
    },
  }
}

/** Index of the first key that is not below `bound`. */
function lowerBound(keys: readonly string[], bound: string): number {
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((keys[middle] as string) < bound) low = middle + 1
    else high = middle
  }
  return low
}
