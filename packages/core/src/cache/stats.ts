import { readableRecord } from '../calls/readable-record.ts'
import { createBreath } from '../inside/breath.ts'
import type { Inside } from '../inside/inside.ts'
import type { FunctionTally } from '../inside/tally.ts'
import { compareCodePoints } from '../matching/code-points.ts'
import type { Backend } from '../ports/backend.ts'
import { type FunctionSummary, isFunctionSummarizing, isSummarizing, type Summary } from '../ports/summarizing.ts'
import type { Registry } from '../registry/registry.ts'
import { readAll } from './read-all.ts'
import type { CacheStats, FunctionStats } from './types.ts'

/** Asks the store for its figures; what it does not know is listed, or read. */
export async function readStats({ store, registry, tallies }: Inside): Promise<CacheStats> {
  const values = inWholeMilliseconds(await summarize(store.values))
  const calls = inWholeMilliseconds(await summarize(store.calls))
  const functions = isFunctionSummarizing(store.calls)
    ? await store.calls.summarizeFunctions()
    : await countFunctions(store.calls, registry)
  const lookUps = [...tallies]
  return {
    values,
    calls: { ...calls, functions: withLookUps(functions, lookUps) },
    hits: lookUps.reduce((sum, { hits }) => sum + hits, 0),
    misses: lookUps.reduce((sum, { misses }) => sum + misses, 0),
  }
}

/** Stores tell times apart by less: nobody who reads figures does. */
function inWholeMilliseconds(summary: Summary): Summary {
  const whole = (time: number | undefined): number | undefined => time && Math.floor(time)
  return { ...summary, oldest: whole(summary.oldest), newest: whole(summary.newest) }
}

function withLookUps(summaries: readonly FunctionSummary[], lookUps: readonly FunctionTally[]): FunctionStats[] {
  const stats = new Map<string, FunctionStats>()
  for (const summary of summaries) stats.set(keyOf(summary), { ...summary, hits: 0, misses: 0 })
  for (const tally of lookUps) {
    const key = keyOf(tally)
    stats.set(key, { calls: 0, bytes: 0, ...stats.get(key), ...tally })
  }
  return [...stats.values()].sort(byName)
}

function keyOf({ namespace, name }: { readonly namespace: string; readonly name: string }): string {
  return JSON.stringify([namespace, name])
}

/** The figures of one backend, listed where it does not keep them. */
export async function summarize(backend: Backend): Promise<Summary> {
  if (isSummarizing(backend)) return backend.summarize()
  const breathe = createBreath()
  let entries = 0
  let bytes = 0
  let oldest: number | undefined
  let newest: number | undefined
  for await (const { size, touched } of backend.list()) {
    entries += 1
    bytes += size
    if (oldest === undefined || touched < oldest) oldest = touched
    if (newest === undefined || touched > newest) newest = touched
    await breathe()
  }
  return { entries, bytes, oldest, newest }
}

async function countFunctions(calls: Backend, registry: Registry): Promise<readonly FunctionSummary[]> {
  const breathe = createBreath()
  const found = new Map<string, FunctionSummary>()
  for await (const batch of readAll(calls)) {
    for (const entry of batch) {
      await breathe()
      const identity = readableRecord(entry, registry)?.identity
      if (identity === undefined) continue
      const { namespace, name } = identity
      const key = keyOf(identity)
      const { calls: count, bytes } = found.get(key) ?? { calls: 0, bytes: 0 }
      found.set(key, { namespace, name, calls: count + 1, bytes: bytes + entry.size })
    }
  }
  return [...found.values()]
}

function byName(a: FunctionSummary, b: FunctionSummary): number {
  return compareCodePoints(a.namespace, b.namespace) || compareCodePoints(a.name, b.name)
}
