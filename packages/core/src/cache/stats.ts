import { openRecord } from '../calls/record-codec.ts'
import { isRiposteError } from '../errors.ts'
import { compareCodePoints } from '../matching/code-points.ts'
import type { Backend } from '../ports/backend.ts'
import { type FunctionSummary, isFunctionSummarizing, isSummarizing, type Summary } from '../ports/summarizing.ts'
import type { Registry } from '../registry/registry.ts'
import { createBreath } from './breath.ts'
import type { Inside } from './inside.ts'
import { readAll } from './read-all.ts'
import type { CacheStats } from './types.ts'

/** Asks the store for its figures; what it does not know is listed, or read. */
export async function readStats({ store, registry }: Inside): Promise<CacheStats> {
  const values = await summarize(store.values)
  const calls = await summarize(store.calls)
  const functions = isFunctionSummarizing(store.calls)
    ? await store.calls.summarizeFunctions()
    : await countFunctions(store.calls, registry)
  return { values, calls: { ...calls, functions: [...functions].sort(byName) } }
}

async function summarize(backend: Backend): Promise<Summary> {
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
      const identity = identityOf(entry, registry)
      if (identity === undefined) continue
      const { namespace, name } = identity
      const key = JSON.stringify([namespace, name])
      const { calls: count, bytes } = found.get(key) ?? { calls: 0, bytes: 0 }
      found.set(key, { namespace, name, calls: count + 1, bytes: bytes + entry.size })
    }
  }
  return [...found.values()]
}

/** Whose call it is; nobody's that is known where the record is damaged, or was written by a later version. */
function identityOf(entry: Parameters<typeof openRecord>[0], registry: Registry) {
  try {
    return openRecord(entry, registry).record.identity
  } catch (error) {
    if (UNREADABLE.some(code => isRiposteError(error, code))) return undefined
    throw error
  }
}

const UNREADABLE = ['ERR_CORRUPT', 'ERR_UNKNOWN_FORMAT', 'ERR_UNKNOWN_CLASS'] as const

function byName(a: FunctionSummary, b: FunctionSummary): number {
  return compareCodePoints(a.namespace, b.namespace) || compareCodePoints(a.name, b.name)
}
