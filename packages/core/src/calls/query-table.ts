import type { Inside } from '../cache/inside.ts'
import { decodeValue } from '../codec/decode-value.ts'
import type { Digest } from '../digest/address.ts'
import { isRiposteError } from '../errors.ts'
import { run } from '../flow.ts'
import { shrinkKeys } from '../keys/shrink.ts'
import { ref } from '../ref.ts'
import { metadataAt } from './query-order.ts'
import type { TableRow } from './query-types.ts'
import type { Match } from './search.ts'
import { shownShort } from './shown-short.ts'
import type { StoredPart } from './stored-record.ts'

/** Digits of a call that is gone by now, and cannot be told from others. */
const GONE = 12

const NOT_HERE = ['ERR_CORRUPT', 'ERR_UNKNOWN_CLASS', 'ERR_UNKNOWN_FORMAT'] as const

/** Records in short. */
export async function tableOf(inside: Inside, matches: readonly Match[]): Promise<TableRow[]> {
  const keys = await shortKeys(
    inside,
    matches.map(({ entry }) => entry.key),
  )
  return matches.map(({ record }, i) => {
    const { namespace, name, version } = record.identity
    const startedAt = metadataAt(record, ['runtime', 'startedAt'])
    const durationMs = metadataAt(record, ['runtime', 'durationMs'])
    const show = (part: StoredPart): string => shownShort(partShown(inside, part))
    return {
      call: keys[i]!,
      name: namespace === '' ? name : `${namespace}/${name}`,
      version,
      args: record.args.map(show).join(', '),
      started: typeof startedAt === 'number' ? isoOf(startedAt) : undefined,
      durationMs: typeof durationMs === 'number' ? durationMs : undefined,
      result: show(record.result),
    }
  })
}

async function shortKeys(inside: Inside, keys: readonly Digest[]): Promise<readonly string[]> {
  try {
    return await run(shrinkKeys({ backend: inside.store.calls, noun: 'call' }, keys))
  } catch (error) {
    // One was evicted since it was read.
    if (isRiposteError(error, 'ERR_NOT_FOUND')) return keys.map(key => key.slice(0, GONE))
    throw error
  }
}

/** What travels inside the record, with references for the rest. */
function partShown({ registry }: Inside, { digest, inline }: StoredPart): unknown {
  if (inline === undefined) return ref(digest)
  try {
    return decodeValue(inline, { registry, shallow: true })
  } catch (error) {
    // A part of it stands elsewhere, its class is not registered here, or this runtime lacks its kind.
    if (NOT_HERE.some(code => isRiposteError(error, code))) return ref(digest)
    throw error
  }
}

function isoOf(time: number): string | undefined {
  const date = new Date(time)
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString()
}
