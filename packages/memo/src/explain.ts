/** Says whether a call would hit, and if not, what differs from the recorded call that is nearest. */
import { ANY, type CallDigest, type Digest, ref } from '@riposte/core'
import type { StoredRecord } from '@riposte/core/engine'
import { freshness } from './age.ts'
import { compareArguments, type Told } from './compare-arguments.ts'
import { evictedText, goneText } from './eviction-text.ts'
import { explained } from './explanation-text.ts'
import { isOfOtherSource, recordedAt } from './other-source.ts'
import { pastMoment } from './past-moment.ts'
import { identityOf, type PendingCall } from './pending-call.ts'
import type { Explanation, MissReason } from './types/explanation.ts'

/** Records that are looked at for each way of being near: of a function that is called a million times, not all. */
const MAX_RECORDS = 100

const OTHER_FORMAT_REMEDY =
  'update riposte, or open the store as its writer does; until then each call computes, and what stands there stays'

export async function explain(call: PendingCall): Promise<Explanation> {
  const { definition, state, digest } = call
  const { engine } = state
  const miss = (reason: MissReason, nearest: CallDigest | undefined, differences: readonly Told[]): Explanation =>
    explained(definition.identity, { reason, nearest, differences })

  // Reading a damaged record removes it, so it is asked for before.
  const stood = await engine.has(digest)
  const found = stood ? await engine.examine(digest) : undefined
  if (found !== undefined && 'unknownFormat' in found) {
    const known = { reason: 'unknown format', nearest: digest, differences: [] } as const
    return explained(definition.identity, { ...known, remedy: OTHER_FORMAT_REMEDY })
  }
  if (found !== undefined && 'gone' in found) {
    const known = { reason: 'evicted', nearest: digest, differences: [] } as const
    return explained(definition.identity, { ...known, ...goneText(found.gone) })
  }
  if (found !== undefined) {
    if (freshness(found.record, definition.options) !== 'over') {
      const source = isOfOtherSource(definition, found.record) ? { recordedAt: recordedAt(found.record) } : undefined
      return explained(definition.identity, { call: digest, source })
    }
    const known = { reason: 'expired', nearest: digest, differences: [] } as const
    return explained(definition.identity, { ...known, because: whyOver(found.record) })
  }
  if (stood) return miss('corrupt', digest, [])

  const eviction = await engine.evicted(digest)
  if (eviction !== undefined) {
    const known = { reason: 'evicted', nearest: undefined, differences: [], evictedAt: eviction.at } as const
    return explained(definition.identity, { ...known, ...evictedText(digest, eviction) })
  }

  const asked = call.keyed.argumentDigests()
  const nearest = await findNearest(call, asked)
  if (nearest === undefined) return miss('never called', undefined, [])
  const { record, differences } = nearest
  return miss(reasonFor(call, record, differences), record.digest, differences)
}

/** A recorded call of the same name, and where it differs from the one that is asked for. */
interface Near {
  readonly record: StoredRecord
  readonly differences: readonly Told[]
  readonly distance: number
}

/** The record that differs least; of several such, the first that is found. */
async function findNearest(call: PendingCall, asked: readonly Digest[]): Promise<Near | undefined> {
  const { definition, state } = call
  const { namespace, name } = definition.identity
  const template = (leftOut: number | undefined): { readonly args: readonly unknown[] } => ({
    args: asked.map((argument, at) => (at === leftOut ? ANY : ref(argument))),
  })
  // One argument of many may differ; where more do, any record may be nearest.
  const rounds = [[template(undefined)], asked.map((_, at) => template(at)), [{}]]
  for (const round of rounds) {
    let nearest: Near | undefined
    for (const part of round) {
      for await (const { digest } of state.engine.query({ namespace, name, ...part }).take(MAX_RECORDS)) {
        const record = await state.engine.stored(digest)
        if (record === undefined) continue
        const differences = await compareArguments(call, record, asked)
        const apart = differences.reduce((sum, { weight }) => sum + weight, 0)
        const distance = apart + otherConditions(call, record)
        if (nearest === undefined || distance < nearest.distance) nearest = { record, differences, distance }
      }
    }
    if (nearest !== undefined) return nearest
  }
  return undefined
}

/** What differs beside the arguments: the version, and each condition that only one of the two has. */
function otherConditions({ definition, keyed }: PendingCall, { identity }: StoredRecord): number {
  const { version, conditions } = identityOf(definition, keyed)
  const onlyOne = [
    ...conditions.filter(condition => !identity.conditions.includes(condition)),
    ...identity.conditions.filter(condition => !conditions.includes(condition)),
  ]
  return onlyOne.length + (Object.is(identity.version, version) ? 0 : 1)
}

/** Why a record is of no use any more; `undefined` where its age is not the reason. */
function whyOver({ threw, expiresAt }: StoredRecord): string | undefined {
  if (expiresAt !== undefined && expiresAt <= Date.now()) {
    return `its record expired at ${pastMoment(expiresAt)}`
  }
  return threw === true ? 'what is recorded is an error, and the function keeps none: see cacheErrors' : undefined
}

function reasonFor({ definition }: PendingCall, { identity }: StoredRecord, differences: readonly Told[]): MissReason {
  if (identity.version !== definition.identity.version) return 'version'
  const missing = definition.conditions.find(({ digest }) => !identity.conditions.includes(digest))
  if (missing !== undefined) return missing.kind
  if (differences.length > 0) return 'arguments'
  // What the record has more than this function is not known by its digest: what this function has not is most likely.
  const own = definition.conditions.map(({ kind }) => kind)
  return (['code', 'env', 'deps'] as const).find(kind => !own.includes(kind)) ?? 'env'
}
