/** Where calls are looked for: the ranges of indexes that promise the least work, function by function. */
import { type CallCondition, type Digest, type FindOrder, versionValue } from '@riposte/core'
import { callsOf, type FunctionRow, functionsOf, type Range, scalarSlots, type Test, testsFor } from './conditions.ts'
import { allOf, type Fragment, rowsOf, type Sql } from './database.ts'
import { blobOfKey } from './keys.ts'
import { byKeys, byValues, type Lane, laneOf, lanesInTurn, mergedLane, type Row } from './lanes.ts'
import { boundsOf, compareStored, type Stored, storedPlace, storedScalar, UNORDERED } from './scalars.ts'
import { CALLS } from './schema.ts'

/** When calls that are found by one condition are all gathered and sorted, instead of walking over others in their order. */
export interface Gathering {
  /** So many always, where they are to be ordered by key: some 2 ms. */
  readonly few: number
  /** So many at most. */
  readonly many: number
}

const GATHERING: Gathering = { few: 1000, many: 10_000 }

type Direction = FindOrder['direction']

/** The calls that fulfil all conditions, in order. To be read in the transaction that it was made in. */
export function laneFor(
  sql: Sql,
  where: readonly CallCondition[],
  order: FindOrder | undefined,
  gathering: Gathering = GATHERING,
): Lane {
  const { by, direction } = order ?? { by: 'key', direction: 'asc' }
  if (by === 'key' && where.length === 0) return allCalls(sql, direction)
  const functions = functionsOf(sql, where)
  const tests = testsFor(sql, where, functions)
  const owners = functions.flatMap(owner => {
    const ofFunction = tests.get(owner.id)
    return ofFunction === undefined ? [] : [{ owner, tests: ofFunction }]
  })
  const keyed = (which: typeof owners, inDirection: Direction): Lane =>
    mergedLane(
      which.map(({ owner, tests: ofFunction }) => keyedLane(sql, owner.id, ofFunction, inDirection, gathering)),
      byKeys(inDirection),
    )
  switch (by) {
    case 'key':
      return keyed(owners, direction)
    case 'namespace':
    case 'name':
    case 'version':
      return byIdentity(
        owners,
        ({ owner }) => identityValue(owner, by),
        direction,
        group => keyed(group, 'asc'),
      )
    default: {
      const slots = scalarSlots(sql, by, functions.length === 1 ? functions[0]?.id : undefined)
      const found = owners.map(({ owner, tests: ofFunction }) =>
        metadataLanes(sql, owner.id, ofFunction, { path: by, slots: slots.get(owner.id) ?? [], direction }, gathering),
      )
      const compare = byValues(direction)
      return lanesInTurn([
        {
          isBefore: after => after.value === null,
          isIn: after => after.value !== null,
          open: () =>
            mergedLane(
              found.map(({ valued }) => valued()),
              compare,
            ),
        },
        {
          isBefore: () => false,
          isIn: after => after.value === null,
          open: () =>
            mergedLane(
              found.map(({ missing }) => missing()),
              compare,
            ),
        },
      ])
    }
  }
}

/** Those without terms among them. */
function allCalls(sql: Sql, direction: Direction): Lane {
  const range: Range = { from: 'calls_v2 c', id: 'c.id', where: { text: 'TRUE', values: [] }, keyed: true }
  return walkByKey(sql, range, [], direction)
}

/** Where only values are compared. No digest, and in no order. */
const NO_KEY = '' as Digest

/** Groups of functions that are equal in what their calls are ordered by, one after the other. */
function byIdentity<O>(
  owners: readonly O[],
  valueFor: (owner: O) => Stored | null,
  direction: Direction,
  keyed: (group: O[]) => Lane,
): Lane {
  const compare = byValues(direction)
  const compareValues = (a: Stored | null, b: Stored | null): number =>
    compare({ key: NO_KEY, value: a }, { key: NO_KEY, value: b })
  const groups: { readonly value: Stored | null; readonly owners: O[] }[] = []
  for (const owner of owners) {
    const value = valueFor(owner)
    const group = groups.find(other => compareValues(other.value, value) === 0)
    if (group === undefined) groups.push({ value, owners: [owner] })
    else group.owners.push(owner)
  }
  return lanesInTurn(
    groups
      .sort((a, b) => compareValues(a.value, b.value))
      .map(group => ({
        isBefore: after => compareValues(group.value, after.value) < 0,
        isIn: after => compareValues(group.value, after.value) === 0,
        open: () => {
          const lane = keyed(group.owners)
          return (after, count, withRecords) =>
            lane(after, count, withRecords).map(row => ({ ...row, value: group.value }))
        },
      })),
  )
}

function identityValue(owner: FunctionRow, by: 'namespace' | 'name' | 'version'): Stored | null {
  if (by === 'version') {
    const { version } = owner
    const text = typeof version === 'string' ? version : undefined
    return storedPlace(versionValue(text)) ?? null
  }
  const text = owner[by]
  // Text that no engine keeps whole is stored as bytes.
  return typeof text === 'string' ? storedScalar(text) : Buffer.concat([Uint8Array.of(1), text])
}

/** The calls of a function that pass tests, by key. */
function keyedLane(
  sql: Sql,
  owner: number,
  tests: readonly Test[],
  direction: Direction,
  { few, many }: Gathering,
  more: Filters = [],
): Lane {
  const candidates = tests.filter(hasRanges)
  const walk = (test: Ranging | undefined): Lane => {
    const filters = [...tests.filter(one => one !== test).map(({ filter }) => filter), ...more]
    const ranges = test?.ranges ?? [callsOf(owner)]
    return mergedLane(
      ranges.map(range => walkByKey(sql, range, filters, direction)),
      byKeys(direction),
    )
  }
  const isKeyed = ({ ranges }: Ranging): boolean => ranges.every(({ keyed }) => keyed)
  const [only, ...others] = candidates
  if (only === undefined) return walk(undefined)
  if (others.length === 0 && isKeyed(only)) return walk(only)
  const { test, count } = least(sql, candidates, only, few)
  if (count >= few) {
    const keyed = candidates.filter(isKeyed)
    const [first, ...rest] = keyed
    return walk(first === undefined || rest.length === 0 ? first : least(sql, keyed, first, many).test)
  }
  if (isKeyed(test)) return walk(test)
  const filters = [...tests.filter(one => one !== test).map(({ filter }) => filter), ...more]
  return laneOf(gather(sql, test.ranges, filters, []), byKeys(direction))
}

interface ByMetadata {
  readonly path: string
  /** Where the calls of the function have a scalar at the path. */
  readonly slots: readonly number[]
  readonly direction: Direction
}

/** The calls of a function that pass tests: those that have the metadata, by it, and those that lack it, by key. */
function metadataLanes(
  sql: Sql,
  owner: number,
  tests: readonly Test[],
  by: ByMetadata,
  gathering: Gathering,
): { readonly valued: () => Lane; readonly missing: () => Lane } {
  const { path, slots, direction } = by
  const compare = byValues(direction)
  const candidates = tests.filter(hasRanges).filter(({ condition }) => !boundsWalk(condition, path))
  const [first] = candidates
  if (first !== undefined) {
    // Of each that is gathered the value is looked up, somewhere, for some 8 µs; a step of a walk takes 1 µs.
    const few = Math.min(gathering.many, Math.ceil(Math.sqrt(10 * countCalls(sql, owner))))
    const { test, count } = least(sql, candidates, first, few)
    if (count < few) {
      const filters = tests.filter(one => one !== test).map(({ filter }) => filter)
      const rows = gather(sql, test.ranges, filters, slots)
      return {
        valued: () =>
          laneOf(
            rows.filter(({ value }) => value !== null),
            compare,
          ),
        missing: () =>
          laneOf(
            rows.filter(({ value }) => value === null),
            compare,
          ),
      }
    }
  }
  const bounds = tests.filter(({ condition }) => boundsWalk(condition, path))
  const filters = tests.filter(test => !bounds.includes(test)).map(({ filter }) => filter)
  return {
    valued: () =>
      mergedLane(
        slots.map(slot => walkByValue(sql, slot, bounds, filters, direction)),
        compare,
      ),
    missing() {
      if (slots.length === 0) return keyedLane(sql, owner, tests, 'asc', gathering)
      if (countValues(sql, slots) >= countCalls(sql, owner)) return () => []
      const lacks = (id: string): Fragment => ({
        text: `NOT EXISTS (SELECT 1 FROM terms_v2 o WHERE o.call = ${id} AND o.value < ${UNORDERED} AND ${among('o', slots)})`,
        values: slots,
      })
      return keyedLane(sql, owner, tests, 'asc', gathering, [lacks])
    },
  }
}

type Filters = readonly ((id: string) => Fragment)[]
type Ranging = Test & { readonly ranges: readonly Range[] }

function hasRanges(test: Test): test is Ranging {
  return test.ranges !== undefined
}

/** Whether a condition says where a walk along the values begins and ends. */
function boundsWalk(condition: CallCondition, path: string): boolean {
  return condition.field === 'metadata' && condition.path === path && condition.test !== undefined
}

/** The test that fewest calls pass, which are counted up to a number. */
function least(sql: Sql, tests: readonly Ranging[], first: Ranging, upTo: number): { test: Ranging; count: number } {
  let found = { test: first, count: Number.POSITIVE_INFINITY }
  for (const test of tests) {
    const limit = Math.min(upTo, found.count)
    const count = test.ranges.reduce((sum, range) => sum + countUpTo(sql, range, limit), 0)
    if (count < found.count) found = { test, count }
  }
  return found
}

function countUpTo(sql: Sql, { from, where }: Range, limit: number): number {
  return single(sql, {
    text: `SELECT count(*) AS n FROM (SELECT 1 FROM ${from} WHERE ${where.text} LIMIT ?)`,
    values: [...where.values, limit],
  })
}

function countCalls(sql: Sql, owner: number): number {
  // The plus keeps the engine from reading all calls of the function.
  const upto = `(SELECT upto FROM totals_v2 WHERE id = ${CALLS})`
  return single(sql, {
    text: `SELECT calls + (SELECT count(*) FROM call_terms_v2 WHERE id > ${upto} AND +function = ?) AS n FROM functions_v2 WHERE id = ?`,
    values: [owner, owner],
  })
}

function countValues(sql: Sql, slots: readonly number[]): number {
  return slots.reduce((sum, slot) => {
    const text = `SELECT count(*) AS n FROM terms_v2 WHERE slot = ? AND value < ${UNORDERED}`
    return sum + single(sql, { text, values: [slot] })
  }, 0)
}

function single(sql: Sql, fragment: Fragment): number {
  return Number(rowsOf<{ readonly n: number }>(sql, fragment)[0]?.n ?? 0)
}

function among(table: string, slots: readonly number[]): string {
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
      ? `SELECT ${columns}, b.bytes, b.rest FROM ${from} CROSS JOIN call_bytes_v2 b ON b.id = ${id} WHERE ${where.text} ${end.text}`
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
function gather(sql: Sql, ranges: readonly Range[], filters: Filters, slots: readonly number[]): Row[] {
  return ranges.flatMap(({ from, id, where }) => {
    const text = `(SELECT o.value FROM terms_v2 o WHERE o.call = ${id} AND ${among('o', slots)} AND o.value < ${UNORDERED})`
    const selection = slots.length === 0 ? { id, from } : { id, from, value: { text, values: slots } }
    return select(sql, selection, [where, ...filters.map(filter => filter(id))])
  })
}

function walkByKey(sql: Sql, { from, id, where }: Range, filters: Filters, direction: Direction): Lane {
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

const TERMS = { id: 'c.call', from: 'terms_v2 c', value: { text: 'c.value', values: [] } } as const

/** Along the values of a slot, and the keys of each. */
function walkByValue(sql: Sql, slot: number, bounds: readonly Test[], filters: Filters, direction: Direction): Lane {
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
