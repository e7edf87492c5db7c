/** Finds where the arguments of a call differ from recorded ones. */
import { type Digest, isRef, isRiposteError } from '@riposte/core'
import type { StoredRecord } from '@riposte/core/engine'
import type { CacheState } from './definition.ts'
import type { PendingCall } from './pending-call.ts'
import { shownSmall } from './shown.ts'
import { storable } from './stand-in.ts'
import type { Difference } from './types/explanation.ts'

/** Differences that are told; more are hard to read. */
const MAX_DIFFERENCES = 20
/** Parts of a value that are looked at to see how much it holds. */
const MAX_PARTS = 200

/** A difference, and how it is told. */
export interface Told extends Difference {
  /** `0 → 1`: the values where they are small, else their digests. */
  readonly change: string
  /** How much it sets two calls apart: a value that became one of another kind counts as all that it holds. */
  readonly weight: number
}

export async function compareArguments(
  { definition, state, keyed }: PendingCall,
  record: StoredRecord,
  asked: readonly Digest[],
): Promise<readonly Told[]> {
  const differences: Told[] = []
  if (keyed.context !== undefined && !record.identity.conditions.includes(keyed.context)) {
    const context = { digest: undefined, ...(record.metadata['context'] as { readonly digest?: Digest } | undefined) }
    differences.push(told('this', { digest: context.digest }, { digest: keyed.context }))
  }
  for (const { label, before, now } of placesOf(definition.options.key !== undefined, keyed.names, record, asked)) {
    const digests = { recorded: record.args[before]?.digest, asked: asked[now] }
    if (digests.recorded === digests.asked) continue
    const value = digests.recorded === undefined ? undefined : await recordedValue(state, record, before)
    const current = digests.asked === undefined ? undefined : { value: storable(keyed.values[now]) }
    if (value !== undefined && current !== undefined) {
      differences.push(...compare(state, label, value.value, current.value))
    } else {
      differences.push(told(label, { digest: digests.recorded, ...value }, { digest: digests.asked, ...current }))
    }
  }
  return differences.slice(0, MAX_DIFFERENCES)
}

/** An argument, where it is on record and where it is in the call; `-1` where it is not. */
interface Place {
  readonly label: string
  readonly before: number
  readonly now: number
}

/** Arguments that `key` named go by their names, others by position. */
function placesOf(
  keyed: boolean,
  names: readonly string[] | undefined,
  record: StoredRecord,
  asked: readonly Digest[],
): readonly Place[] {
  const recorded = record.names
  if (keyed && names !== undefined && recorded !== undefined) {
    const all = [...new Set([...recorded, ...names])]
    return all.map(name => ({ label: name, before: recorded.indexOf(name), now: names.indexOf(name) }))
  }
  const labels = [names ?? [], recorded ?? []].sort((a, b) => b.length - a.length)[0] ?? []
  const count = Math.max(record.args.length, asked.length)
  return Array.from({ length: count }, (_, at) => ({ label: labelOf(labels, at), before: at, now: at }))
}

/** Those that a rest takes have its name each, and are told by their place in it. */
function labelOf(names: readonly string[], at: number): string {
  const name = names[at]
  if (name === undefined) return `[${at}]`
  const first = names.indexOf(name)
  return first === names.lastIndexOf(name) ? name : `${name}[${at - first}]`
}

/** `undefined` where it is not stored, or no longer. */
async function recordedValue(
  { engine }: CacheState,
  record: StoredRecord,
  at: number,
): Promise<{ readonly value: unknown } | undefined> {
  const shown = engine.open(record).args[at]
  if (!isRef(shown)) return { value: shown }
  try {
    return { value: await engine.load(shown.digest) }
  } catch (error) {
    if (NOT_AT_HAND.some(code => isRiposteError(error, code))) return undefined
    throw error
  }
}

const NOT_AT_HAND = ['ERR_NOT_FOUND', 'ERR_CORRUPT', 'ERR_UNKNOWN_FORMAT'] as const

/** One side of a difference: without a digest, nothing is there; without a value, it is not at hand. */
interface Side {
  readonly digest: Digest | undefined
  readonly value?: unknown
}

function told(path: string, recorded: Side, asked: Side): Told {
  const sides = [recorded, asked]
  const small = sides.map(shownSide)
  // Two that look alike, such as instances whose state is hidden, are told apart by their digests.
  const texts = small[0] === small[1] ? sides.map(({ digest }) => shownDigest(digest)) : small
  const change = texts.join(' → ')
  return { path, recorded: recorded.digest, asked: asked.digest, change, weight: weightOf(recorded, asked) }
}

/** What is not at hand weighs as little as it may. */
function weightOf(recorded: Side, asked: Side): number {
  const held = Math.max(...[recorded, asked].map(side => ('value' in side ? leavesOf(side.value) : 1)))
  return 'value' in recorded && 'value' in asked && kindOf(recorded.value) === kindOf(asked.value) ? held : held + 1
}

function kindOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? Object.getPrototypeOf(value) : typeof value
}

/** How many values without named parts a value holds, itself or in its parts; those beyond some are not counted. */
function leavesOf(value: unknown): number {
  let leaves = 0
  const parts: unknown[] = [value]
  // The list grows while it is walked.
  for (const part of parts) {
    const below = hasNamedParts(part) ? Object.values(part) : []
    if (below.length === 0) leaves += 1
    else for (const inner of below.slice(0, MAX_DIFFERENCES)) parts.push(inner)
    if (leaves >= MAX_DIFFERENCES || parts.length >= MAX_PARTS) break
  }
  return leaves
}

function shownSide(side: Side): string {
  const small = 'value' in side && !isRef(side.value) ? shownSmall(side.value) : undefined
  return small ?? shownDigest(side.digest)
}

function shownDigest(digest: Digest | undefined): string {
  return digest === undefined ? 'nothing' : `${digest.slice(0, 12)}…`
}

interface Pair {
  readonly path: string
  readonly recorded: { readonly value: unknown } | undefined
  readonly asked: { readonly value: unknown } | undefined
}

/** The innermost places at which two values differ, in the order in which they are found. */
function compare({ engine }: CacheState, label: string, recorded: unknown, asked: unknown): readonly Told[] {
  const differences: Told[] = []
  const queue: Pair[] = [{ path: label, recorded: { value: recorded }, asked: { value: asked } }]
  // The list grows while it is walked.
  for (const { path, ...pair } of queue) {
    if (differences.length >= MAX_DIFFERENCES) break
    const digests = {
      recorded: pair.recorded && engine.digest(pair.recorded.value),
      asked: pair.asked && engine.digest(pair.asked.value),
    }
    if (digests.recorded === digests.asked) continue
    const walked = queue.length
    if (pair.recorded !== undefined && pair.asked !== undefined) {
      queue.push(...partsOf(path, pair.recorded.value, pair.asked.value))
    }
    const below = queue.slice(walked)
    // What differs as a whole only, such as two arrays that differ in an extra property, is told as a whole.
    if (below.length > 0) continue
    differences.push(
      told(path, { digest: digests.recorded, ...pair.recorded }, { digest: digests.asked, ...pair.asked }),
    )
  }
  return differences
}

function partsOf(path: string, recorded: unknown, asked: unknown): readonly Pair[] {
  if (!hasNamedParts(recorded) || !hasNamedParts(asked) || Array.isArray(recorded) !== Array.isArray(asked)) return []
  const keys = [...new Set([...Object.keys(recorded), ...Object.keys(asked)])]
  return keys.flatMap(key => {
    const pair = { path: path + step(recorded, key), recorded: partOf(recorded, key), asked: partOf(asked, key) }
    // Most parts are the same, and small.
    return pair.recorded && pair.asked && Object.is(pair.recorded.value, pair.asked.value) ? [] : [pair]
  })
}

function hasNamedParts(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || isRef(value)) return false
  if (Array.isArray(value)) return true
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}

function partOf(value: unknown, key: string): { readonly value: unknown } | undefined {
  const holder = value as Readonly<Record<string, unknown>>
  return Object.hasOwn(holder, key) ? { value: holder[key] } : undefined
}

function step(holder: object, key: string): string {
  if (Array.isArray(holder)) return `[${key}]`
  return /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`
}
