import { decodeValue } from '../codec/decode-value.ts'
import type { Digest } from '../digest/address.ts'
import { isRiposteError } from '../errors.ts'
import { run } from '../flow.ts'
import type { Inside } from '../inside/inside.ts'
import { shrinkKeys } from '../keys/shrink.ts'
import { checkOptionNames } from '../option-names.ts'
import { ref } from '../ref.ts'
import { shownValue } from '../shown-value.ts'
import { metadataAt, scalarAt } from './query-order.ts'
import type { MetadataPointer, SortKey, TableOptions, TableRow } from './query-types.ts'
import type { Match } from './search.ts'
import { shownShort } from './shown-short.ts'
import type { StoredPart, StoredRecord } from './stored-record.ts'
import { isUnreadable } from './unreadable.ts'

/** Digits of a call that is gone by now, and cannot be told from others. */
const GONE = 12

/** Columns that are left out where they are empty. */
const IF_ANY = ['version', 'started', 'durationMs'] as const

/** A column of metadata: what a record has at its pointer. */
export interface Column<P extends MetadataPointer> {
  readonly pointer: P
  readonly valueIn: (record: StoredRecord) => SortKey
}

/** @throws {TypeError} when an option is none, or what is named is no metadata */
export function columnsOf<P extends MetadataPointer>(options: TableOptions<P>): readonly Column<P>[] {
  checkOptionNames(options, ['metadata'])
  const { metadata = [] } = options
  if (!Array.isArray(metadata))
    throw new TypeError(`expected metadata as an array of JSON Pointers; got ${shownValue(metadata)}`)
  return metadata.map(columnOf)
}

function columnOf<P extends MetadataPointer>(pointer: P): Column<P> {
  if (typeof pointer !== 'string' || !pointer.startsWith('/')) {
    throw new TypeError(`expected metadata by JSON Pointer, such as "/tags/project"; got ${shownValue(pointer)}`)
  }
  const isDuration = /^\/runtime\/[^/]*Ms$/.test(pointer)
  return {
    pointer,
    valueIn: record => {
      const value = scalarAt(record, pointer)
      return isDuration && typeof value === 'number' ? rounded(value) : value
    },
  }
}

/** Records in short. */
export async function tableOf<P extends MetadataPointer>(
  inside: Inside,
  matches: readonly Match[],
  columns: readonly Column<P>[],
): Promise<(TableRow & { readonly [K in P]: SortKey })[]> {
  const keys = await shortKeys(
    inside,
    matches.map(({ entry }) => entry.key),
  )
  const rows = matches.map(({ record }, i) => {
    const { namespace, name, version } = record.identity
    const startedAt = metadataAt(record, ['runtime', 'startedAt'])
    const durationMs = metadataAt(record, ['runtime', 'durationMs'])
    const show = (part: StoredPart): string => shownShort(partShown(inside, part))
    // Each pointer has its column.
    const more = Object.fromEntries(columns.map(({ pointer, valueIn }) => [pointer, valueIn(record)])) as {
      readonly [K in P]: SortKey
    }
    return {
      call: keys[i]!,
      name: namespace === '' ? name : `${namespace}/${name}`,
      version,
      args: record.args.map(show).join(', '),
      started: typeof startedAt === 'number' ? isoOf(startedAt) : undefined,
      durationMs: typeof durationMs === 'number' ? rounded(durationMs) : undefined,
      result: show(record.result),
      ...more,
    }
  })
  const empty = IF_ANY.filter(name => rows.every(row => row[name] === undefined))
  for (const row of rows) for (const name of empty) Reflect.deleteProperty(row, name)
  return rows
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
    if (isUnreadable(error)) return ref(digest)
    throw error
  }
}

/** To thousandths: what a clock says beyond that is noise. */
function rounded(milliseconds: number): number {
  return Number(milliseconds.toFixed(3))
}

function isoOf(time: number): string | undefined {
  const date = new Date(time)
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString()
}
