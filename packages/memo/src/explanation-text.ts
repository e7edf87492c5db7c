import type { CallDigest } from '@riposte/core'
import type { Told } from './compare-arguments.ts'
import { describeIdentity } from './identity.ts'
import { pastMoment } from './past-moment.ts'
import type { Explanation, MissReason } from './types/explanation.ts'
import type { Identity } from './types/memoized.ts'

/** What is known of a call; of one that would hit, where it is recorded. */
type Known =
  | {
      readonly call: CallDigest
      /** Where other source text of the function has computed it: when that was recorded, if it is known. */
      readonly source: { readonly recordedAt: number | undefined } | undefined
    }
  | {
      readonly reason: MissReason
      readonly nearest: CallDigest | undefined
      readonly differences: readonly Told[]
      /** The reason in words, where more is known than it says by itself. */
      readonly because?: string | undefined
      /** What can be done about it. */
      readonly remedy?: string
      readonly evictedAt?: number
    }

const REASONS: { readonly [R in MissReason]: string } = {
  'never called': 'nothing like it is recorded',
  arguments: 'it was recorded with other arguments only',
  version: 'it was recorded with another version of the function',
  code: 'it was recorded with other source text of the function',
  env: 'it was recorded with other values of the option env',
  deps: 'it was recorded with other dependencies',
  evicted: 'it was evicted',
  expired: 'its record has expired',
  corrupt: 'what was recorded is damaged, and so of no use',
  'unknown format':
    'what is recorded is of another format: written by a later version of riposte, or through a wrapper that is missing here',
}

/** An explanation with its text, for people. */
export function explained(identity: Identity, known: Known): Explanation {
  const name = describeIdentity(identity)
  if ('call' in known) {
    const lines = [
      `a call of ${name} hits: it is recorded as ${short(known.call)}`,
      ...(known.source === undefined ? [] : [`  ${otherSource(known.source.recordedAt)}`]),
    ]
    return withText({ outcome: 'hit' as const, call: known.call }, lines.join('\n'))
  }
  const { reason, nearest, because = REASONS[reason], remedy, evictedAt } = known
  const differences = known.differences.map(({ path, recorded, asked }) => ({ path, recorded, asked }))
  const lines = [
    `a call of ${name} misses: ${because}`,
    ...(nearest === undefined ? [] : [`  the nearest recorded call: ${short(nearest)}`]),
    ...known.differences.map(({ path, change }) => `  ${path}: ${change}`),
    ...(remedy === undefined ? [] : [`  ${remedy}`]),
  ]
  return withText(
    {
      outcome: 'miss' as const,
      reason,
      ...(nearest === undefined ? {} : { nearest }),
      differences,
      ...(evictedAt === undefined ? {} : { evictedAt }),
    },
    lines.join('\n'),
  )
}

function otherSource(at: number | undefined): string {
  const when = at === undefined ? '' : `, at ${pastMoment(at)}`
  return `other source text of the function has computed it${when}: raise its \`version\` if its answers changed`
}

/** As a property that is not listed, so that an explanation shows as what it says. */
function withText<T extends object>(explanation: T, text: string): T & { toString(): string } {
  return Object.defineProperty(explanation, 'toString', { value: () => text, enumerable: false })
}

/** Enough of a digest to find what it stands for. */
export function short(digest: string): string {
  return `${digest.slice(0, 12)}…`
}
