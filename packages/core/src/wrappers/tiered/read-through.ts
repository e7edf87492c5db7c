import { run, type Steps, wait } from '../../flow.ts'
import { leftoversOf } from '../../ports/leftovers.ts'
import type { Batch, BatchResult, Store } from '../../ports/store.ts'
import { createGate } from '../../stores/gate.ts'
import { labelled } from '../../stores/labelled.ts'
import { closeAll } from '../close-all.ts'
import { throughBackend } from './through-backend.ts'
import { asStood, bringStanding, type ThroughSides } from './through-copy.ts'
import { removing, type Through, throughSide } from './through-side.ts'
import { forgetReads } from './tier-side.ts'

/**
 * A store before one that is only read: what it lacks is read from that one and copied into it, whole, so that it needs
 * nothing of the other. All else is its own: writes, removals, ages, clock, refs, leases and upkeep.
 *
 * If the store behind fails, reads that need it fail; writes go on without it, which is told.
 */
export function readThrough(through: Through, label: string): Store {
  const { own, behind } = through
  const sides: ThroughSides = { values: throughSide(through, 'values'), calls: throughSide(through, 'calls') }
  const gate = createGate('tiered store')
  const values = throughBackend(sides, 'values')
  const calls = throughBackend(sides, 'calls')

  function* commit(batch: Batch): Steps<BatchResult> {
    const write = () => wait(own.commit(batch))
    const sameValues = yield* bringStanding(sides, 'values', batch.values)
    const sameCalls = yield* bringStanding(sides, 'calls', batch.mode === 'replace' ? [] : batch.calls)
    const stayed = yield* batch.mode === 'replace' ? removing(sides.calls, write) : write()
    forgetReads(sides.values, batch.values)
    forgetReads(sides.calls, batch.calls)
    return {
      values: asStood(batch.values, stayed.values, sameValues),
      calls: asStood(batch.calls, stayed.calls, sameCalls),
      released: stayed.released,
    }
  }

  return labelled({
    label,
    values,
    calls,
    refs: own.refs,
    leases: own.leases,
    writable: own,
    commit(batch) {
      gate.pass()
      return run(commit(batch))
    },
    close() {
      gate.shut()
      return run(closeAll([values, calls, own, behind]))
    },
    ...leftoversOf(own),
  })
}
