import type { SyncStore } from '../ports/store.ts'
import { createClock } from './clock.ts'
import { createGate } from './gate.ts'
import { labelled } from './labelled.ts'
import { memoryBackend } from './memory-backend.ts'
import { memoryLeases } from './memory-leases.ts'
import { memoryRefs } from './memory-refs.ts'

/**
 * A store in this process's memory: for tests, for browsers, and as the near side of a tiered store. It keeps
 * sealed bytes, as every store does, so that loads are fresh copies. What it holds is bounded by nothing but
 * the sweep, and gone once it is closed.
 */
export function memoryStore(): SyncStore {
  const what = 'memory store'
  const gate = createGate(what)
  const clock = createClock()
  const values = memoryBackend(what, clock)
  const calls = memoryBackend(what, clock)
  return labelled({
    label: 'memory',
    values,
    calls,
    refs: memoryRefs(gate),
    leases: memoryLeases(gate, clock),
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
