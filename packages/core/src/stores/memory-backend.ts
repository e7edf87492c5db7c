import type { Digest } from '../digest/address.ts'
import type { EntryInfo, ListOptions, SyncBackend, Touched } from '../ports/backend.ts'
import { createGate } from './gate.ts'
import { SortedKeys } from './sorted-keys.ts'

interface Held {
  readonly bytes: Uint8Array
  touched: Touched
}

/** A backend in this process's memory. Closing it lets go of what it held. */
export function memoryBackend(what: string, clock: () => Touched): SyncBackend {
  const gate = createGate(what)
  const held = new Map<Digest, Held>()
  const sorted = new SortedKeys()
  const isThere = (key: Digest): boolean => held.has(key)

  function* walk({ prefix = '', after }: ListOptions): Iterable<EntryInfo> {
    for (const key of sorted.from(after !== undefined && after > prefix ? after : prefix, isThere)) {
      gate.pass()
      if (!key.startsWith(prefix)) return
      const entry = held.get(key)
      if (entry !== undefined && key !== after) yield { key, size: entry.bytes.length, touched: entry.touched }
    }
    // Closed meanwhile, there would be none left.
    gate.pass()
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
          if (standing === undefined) sorted.add(key)
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
        sorted.remove(key, isThere)
        removed++
      }
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
      sorted.clear()
    },
  }
}
