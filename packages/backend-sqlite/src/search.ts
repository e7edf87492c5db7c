/** Where calls are looked for: the ranges of indexes that promise the least work, function by function. */
import { type CallCondition, type Digest, type FindOrder, versionValue } from '@riposte/core'
import { callsOf, type FunctionRow, functionsOf, scalarSlots, type Test, testsFor } from './conditions.ts'
import { countCalls, countUpTo, countValues } from './counts.ts'
import type { Fragment, Sql } from './database.ts'
import { byKeys, byValues, type Lane, laneOf, lanesInTurn, mergedLane } from './lanes.ts'
import type { Range } from './range.ts'
import { type Stored, storedPlace, storedScalar, UNORDERED } from './scalars.ts'
import { among, type Filters, gather, walkByKey, walkByValue } from './walks.ts'

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
  const range: Range = { from: 'calls_v3 c', id: 'c.id', where: { text: 'TRUE', values: [] }, keyed: true }
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
  const keyed = candidates.filter(isKeyed)
  const [first, ...rest] = keyed
  const most = first === undefined ? fewBeside(sql, owner, few, many) : few
  const { test, count } = least(sql, candidates, only, most)
  if (count >= most) return walk(first === undefined || rest.length === 0 ? first : least(sql, keyed, first, many).test)
  if (isKeyed(test)) return walk(test)
  const filters = [...tests.filter(one => one !== test).map(({ filter }) => filter), ...more]
  return laneOf(gather(sql, test.ranges, filters, []), byKeys(direction))
}

/**
 * So few that to gather and sort them takes less than to walk over all calls of the function until a page is full: the
 * page is full the sooner the more there are.
 */
function fewBeside(sql: Sql, owner: number, few: number, many: number): number {
  return Math.min(many, Math.max(few, Math.ceil(Math.sqrt(50 * countCalls(sql, owner)))))
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
        text: `NOT EXISTS (SELECT 1 FROM terms_v3 o WHERE o.call = ${id} AND o.value < ${UNORDERED} AND ${among('o', slots)})`,
        values: slots,
      })
      return keyedLane(sql, owner, tests, 'asc', gathering, [lacks])
    },
  }
}

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
