import type { SyncBackend } from '../ports/backend.ts'
import type { SyncStore } from '../ports/store.ts'
import { createGate } from './gate.ts'
import { labelled } from './labelled.ts'

const WHAT = 'void store'

/**
 * A store that keeps nothing: what is put is gone at once, and every read is a miss. `createCache(voidStore(), { hot: false })`
 * computes each call, which shows what a program does without its cache; other caches over it remember for a while.
 */
export function voidStore(): SyncStore {
  const gate = createGate(WHAT)
  const values = voidBackend()
  const calls = voidBackend()
  return labelled({
    label: 'void',
    values,
    calls,
    refs: undefined,
    leases: undefined,
    commit(batch) {
      gate.pass()
      return { values: values.put(batch.values, 'keep'), calls: calls.put(batch.calls, batch.mode) }
    },
    close() {
      gate.shut()
      values.close()
      calls.close()
    },
  })
}

function voidBackend(): SyncBackend {
  const gate = createGate(WHAT)
  return {
    get(keys) {
      gate.pass()
      return keys.map(() => undefined)
    },
    put(entries) {
      gate.pass()
      return entries.map(() => undefined)
    },
    touch(keys) {
      gate.pass()
      return keys.map(() => false)
    },
    has(keys) {
      gate.pass()
      return keys.map(() => false)
    },
    delete() {
      gate.pass()
      return 0
    },
    list() {
      gate.pass()
      return []
    },
    now() {
      gate.pass()
      return Date.now()
    },
    close: gate.shut,
  }
}
