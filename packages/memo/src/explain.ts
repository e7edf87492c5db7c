/** Says whether a call would hit, and if not, what differs from the recorded call that is nearest. */
import { ANY, type CallDigest, type Digest, ref } from '@riposte/core'
import type { StoredRecord } from '@riposte/core/engine'
import { freshness } from './age.ts'
import { compareArguments } from './compare-arguments.ts'
import { explained } from './explanation-text.ts'
import { digestArguments, identityOf, type PendingCall } from './pending-call.ts'
import type { Difference, Explanation, MissReason } from './types/explanation.ts'

/** Records that are looked at for each way of being near: of a function that is called a million times, not all. */
const MAX_RECORDS = 100

export async function explain(call: PendingCall): Promise<Explanation> {
  const { definition, state, digest } = call
  const { engine } = state
  const miss = (reason: MissReason, nearest: CallDigest | undefined, differences: readonly Difference[]): Explanation =>
    explained(definition.identity, { reason, nearest, differences })

  // Reading a damaged record removes it, so it is asked for before.
  const stood = await engine.has(digest)
  const found = stood ? await engine.find(digest) : undefined
  if (found !== undefined) {
    if (freshness(found.record, definition.options) !== 'over') return explained(definition.identity, { call: digest })
    return miss('expired', digest, [])
  }
  if (stood) return miss('corrupt', undefined, [])

  const asked = digestArguments(call.keyed, engine.digest)
  const nearest = await findNearest(call, asked)
  if (nearest === undefined) return miss('never called', undefined, [])
  const differences = await compareArguments(call, nearest.record, asked)
  return miss(reasonFor(call, nearest.record, differences), nearest.record.digest, differences)
}

/** A recorded call of the same name, and how much it has in common with the one that is asked for. */
interface Near {
  readonly record: StoredRecord
  readonly score: number
}

async function findNearest(call: PendingCall, asked: readonly Digest[]): Promise<Near | undefined> {
  const { definition, state } = call
  const { namespace, name } = definition.identity
  const template = (leftOut: number | undefined): readonly unknown[] =>
    asked.map((argument, at) => (at === leftOut ? ANY : ref(argument)))
  const templates = [
    { args: template(undefined) },
    // One argument of many may differ.
    ...asked.map((_, at) => ({ args: template(at) })),
    {},
  ]
  let nearest: Near | undefined
  for (const part of templates) {
    const records = state.engine.query({ namespace, name, ...part }).take(MAX_RECORDS)
    for await (const { digest } of records) {
      const record = await state.engine.stored(digest)
      if (record === undefined) continue
      const score = scoreOf(call, record, asked)
      if (nearest === undefined || score > nearest.score) nearest = { record, score }
    }
    if (nearest !== undefined) return nearest
  }
  return undefined
}

/** Equal arguments count most, then the version, then each condition. */
function scoreOf(call: PendingCall, { identity, args }: StoredRecord, asked: readonly Digest[]): number {
  const { version, conditions } = identityOf(call.definition, call.keyed)
  const equal = asked.filter((digest, at) => args[at]?.digest === digest).length
  const length = args.length === asked.length ? 1 : 0
  const shared = conditions.filter(condition => identity.conditions.includes(condition)).length
  const conditionsEqual = shared === conditions.length && identity.conditions.length === conditions.length
  return equal * 8 + length * 8 + (Object.is(identity.version, version) ? 4 : 0) + (conditionsEqual ? 2 : 0) + shared
}

function reasonFor(
  { definition }: PendingCall,
  { identity }: StoredRecord,
  differences: readonly Difference[],
): MissReason {
  if (identity.version !== definition.identity.version) return 'version'
  const missing = definition.conditions.find(({ digest }) => !identity.conditions.includes(digest))
  if (missing !== undefined) return missing.kind
  if (differences.length > 0) return 'arguments'
  // What the record has more than this function is not known by its digest: what this function has not is most likely.
  const own = definition.conditions.map(({ kind }) => kind)
  return (['code', 'env', 'deps'] as const).find(kind => !own.includes(kind)) ?? 'env'
}
