import type { LeaseRow, SyncLeaseTable } from '../leases/lease-table.ts'
import { leasesOver } from '../leases/leases-over.ts'
import type { Touched } from '../ports/backend.ts'
import type { SyncLeases } from '../ports/leases.ts'
import type { Gate } from './gate.ts'

/** Leases in this process's memory. They can be used as long as `gate` is open. */
export function memoryLeases(gate: Gate, clock: () => Touched): SyncLeases {
  const held = new Map<string, LeaseRow>()
  const table: SyncLeaseTable = {
    shared: false,
    read(key) {
      gate.pass()
      return held.get(key)
    },
    swap(key, from, to) {
      gate.pass()
      const row = held.get(key)
      if (row?.token !== from?.token || row?.failed !== from?.failed) return false
      if (to === undefined) held.delete(key)
      else held.set(key, { ...to, renewed: clock() })
      return true
    },
    forget(isStale) {
      gate.pass()
      const now = clock()
      for (const [key, row] of held) if (isStale(row, now)) held.delete(key)
    },
    now() {
      gate.pass()
      return clock()
    },
  }
  return leasesOver(table)
}
