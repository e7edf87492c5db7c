/** Ways along the indexes: from ranges of them to rows of calls. */
import type { Digest } from '@riposte/core'
import type { Test } from './conditions.ts'
import { allOf, type Fragment, rowsOf, type Sql } from './database.ts'
import { blobOfKey } from './keys.ts'
import { byValues, type Lane, type Row } from './lanes.ts'
import type { Range } from './range.ts'
import { boundsOf, compareStored, type Stored, UNORDERED } from './scalars.ts'

/** What a call is to fulfil whose id an expression gives. */
export type Filters = readonly ((id: string) => Fragment)[]

type Direction = 'asc' | 'desc'

/** That a row of terms is in one of some slots, which are to be bound. */
export function among(table: string, slots: readonly number[]): string {
  return `${table}.slot IN (${slots.map(() => '?').join(', ')})`
}

interface FoundRow {
  readonly id: number | bigint
  /** In hex digits of upper case. */
  readonly key: string
  readonly value?: number | bigint | Uint8Array | null
  readonly bytes?: Uint8Array
  readonly rest?: Uint8Array | null
}

/** What is selected of calls. A text is given ten times faster than a blob: so keys come as hex digits. */
interface Selection {
  readonly id: string
  readonly from: string
  /** What the calls are ordered by, if not by key. */
  readonly value?: Fragment
  readonly withRecords?: boolean | undefined
}

function select(
  sql: Sql,
  { id, from, value, withRecords = false }: Selection,
  conditions: readonly Fragment[],
  end: Fragment = NOTHING,
): Row[] {
  const where = allOf(conditions)
  const columns = `${id} AS id, hex(c.key) AS key${value === undefined ? '' : `, ${value.text} AS value`}`
  const rows = rowsOf<FoundRow>(sql, {
    text: withRecords
      ? `SELECT ${columns}, b.bytes, b.rest FROM ${from} CROSS JOIN call_bytes_v3 b ON b.id = ${id} WHERE ${where.text} ${end.text}`
      : `SELECT ${columns} FROM ${from} WHERE ${where.text} ${end.text}`,
    values: [...(value?.values ?? []), ...where.values, ...end.values],
  })
  return rows.map(({ id: found, key, value: by = null, bytes, rest = null }) => ({
    id: Number(found),
    // Only what was a digest is stored as a key.
    key: key.toLowerCase() as Digest,
    value: typeof by === 'bigint' ? Number(by) : by,
    ...(bytes === undefined ? {} : { record: { bytes, rest } }),
  }))
}

const NOTHING: Fragment = { text: '', values: [] }

/** All calls of ranges, unordered. What they are to be ordered by stands in slots. */
export function gather(sql: Sql, ranges: readonly Range[], filters: Filters, slots: readonly number[]): Row[] {
  return ranges.flatMap(({ from, id, where }) => {
    const text = `(SELECT o.value FROM terms_v3 o WHERE o.call = ${id} AND ${among('o', slots)} AND o.value < ${UNORDERED})`
    const selection = slots.length === 0 ? { id, from } : { id, from, value: { text, values: slots } }
    return select(sql, selection, [where, ...filters.map(filter => filter(id))])
  })
}

/** Along the keys of a range that is in their order. */
export function walkByKey(sql: Sql, { from, id, where }: Range, filters: Filters, direction: Direction): Lane {
  const tests = filters.map(filter => filter(id))
  const beyond = direction === 'asc' ? 'c.key > ?' : 'c.key < ?'
  return (after, count, withRecords) =>
    select(
      sql,
      { id, from, withRecords },
      [where, ...(after === undefined ? [] : [{ text: beyond, values: [blobOfKey(after.key)] }]), ...tests],
      { text: `ORDER BY c.key ${direction} LIMIT ?`, values: [count] },
    )
}

const TERMS = { id: 'c.call', from: 'terms_v3 c', value: { text: 'c.value', values: [] } } as const

/** Along the values of a slot, and the keys of each. */
export function walkByValue(
  sql: Sql,
  slot: number,
  bounds: readonly Test[],
  filters: Filters,
  direction: Direction,
): Lane {
  const tests = filters.map(filter => filter('c.call'))
  const found = bounds.map(({ condition }) =>
    boundsOf('c.value', condition.field === 'metadata' && condition.test !== undefined ? condition.test : {}),
  )
  const lower = found.flatMap(each => each.lower)
  const upper = [{ text: `c.value < ${UNORDERED}`, values: [] }, ...found.flatMap(each => each.upper)]
  const others = found.flatMap(each => each.others)
  const of: Fragment = { text: 'c.slot = ?', values: [slot] }
  const rows = (conditions: readonly Fragment[], order: string, count: number, withRecords?: boolean): Row[] =>
    select(sql, { ...TERMS, withRecords }, [of, ...conditions, ...others, ...tests], {
      text: `ORDER BY ${order} LIMIT ?`,
      values: [count],
    })

  /** The calls that have this value, from a key on. */
  const equals = (value: Stored, key: Digest | undefined, count: number, withRecords?: boolean): Row[] =>
    rows(
      [
        { text: 'c.value = ?', values: [value] },
        ...(key === undefined ? [] : [{ text: 'c.key > ?', values: [blobOfKey(key)] }]),
        ...[...lower, ...upper].map(unindexed),
      ],
      'c.key',
      count,
      withRecords,
    )

  if (direction === 'asc') {
    return (after, count, withRecords) => {
      if (after?.value == null) return rows([...lower, ...upper], 'c.value, c.key', count, withRecords)
      const beyond = { text: '(c.value, c.key) > (?, ?)', values: [after.value, blobOfKey(after.key)] }
      return rows([beyond, ...lower.map(unindexed), ...upper], 'c.value, c.key', count, withRecords)
    }
  }
  // Values descend and keys ascend, which no index does at once: values are read backwards, and those of which not all
  // calls came are read again by key.
  return (after, count, withRecords) => {
    const all: Row[] = after?.value == null ? [] : equals(after.value, after.key, count, withRecords)
    let below = after?.value ?? undefined
    while (all.length < count) {
      const asked = count - all.length
      const beyond = below === undefined ? upper : [{ text: 'c.value < ?', values: [below] }, ...upper.map(unindexed)]
      const backwards = rows([...beyond, ...lower], 'c.value DESC, c.key DESC', asked, withRecords)
      const last = backwards.at(-1)?.value
      if (last == null) break
      const isCut = backwards.length === asked
      all.push(...backwards.filter(({ value }) => !isCut || compare(value, last) !== 0).sort(byValues('desc')))
      if (!isCut) break
      all.push(...equals(last, undefined, count - all.length, withRecords))
      below = last
    }
    return all
  }
}

function compare(a: Stored | null, b: Stored): number {
  return a === null ? 1 : compareStored(a, b)
}

/** The plus keeps an index from being entered by this condition where another leads further. */
function unindexed({ text, values }: Fragment): Fragment {
  return { text: text.replace('c.value', '+c.value'), values }
}
