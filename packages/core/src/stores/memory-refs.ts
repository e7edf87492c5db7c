import { compareCodePoints } from '../matching/code-points.ts'
import type { SyncRefs } from '../ports/store.ts'
import { shownValue } from '../shown-value.ts'
import type { Gate } from './gate.ts'

/** Refs in this process's memory. They can be used as long as `gate` is open. */
export function memoryRefs(gate: Gate): SyncRefs {
  const held = new Map<string, string>()
  return {
    read(name) {
      gate.pass()
      return held.get(checked(name))
    },
    swap(name, expected, next) {
      gate.pass()
      if (held.get(checked(name)) !== expected) return false
      if (next === undefined) held.delete(name)
      else held.set(name, next)
      return true
    },
    list({ prefix = '' } = {}) {
      gate.pass()
      return [...held]
        .filter(([name]) => name.startsWith(prefix))
        .sort(([a], [b]) => compareCodePoints(a, b))
        .map(([name, value]) => ({ name, value }))
    },
  }
}

function checked(name: string): string {
  if (typeof name === 'string' && name !== '') return name
  throw new TypeError(`expected the name of a ref, a string that is not empty; got ${shownValue(name)}`)
}
