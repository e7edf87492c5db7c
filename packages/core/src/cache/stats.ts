import type { Backend } from '../ports/backend.ts'
import { createBreath } from './breath.ts'
import type { Inside } from './inside.ts'
import type { CacheStats } from './types.ts'

/** Counts entries and bytes by listing them. */
export async function countEntries({ store }: Inside): Promise<CacheStats> {
  return { values: await count(store.values), calls: await count(store.calls) }
}

async function count(backend: Backend): Promise<{ readonly entries: number; readonly bytes: number }> {
  const breathe = createBreath()
  let entries = 0
  let bytes = 0
  for await (const { size } of backend.list()) {
    entries += 1
    bytes += size
    await breathe()
  }
  return { entries, bytes }
}
