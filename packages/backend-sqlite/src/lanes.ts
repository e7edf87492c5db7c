/** Rows of calls in an order, one function after the other or several beside each other. */
import type { Digest } from '@riposte/core'
import type { BytesRow } from './entry-table.ts'
import { compareStored, type Stored } from './scalars.ts'

/** A call, where it stands. */
export interface Row {
  readonly id: number
  readonly key: Digest
  /** What it is ordered by; `null` where that is nothing. */
  readonly value: Stored | null
  /** The bytes of its record, where they were read with it. */
  readonly record?: BytesRow
}

export type Place = Pick<Row, 'key' | 'value'>

/**
 * Calls in an order: the next ones after a place, at most so many, fewer only at the end. Their records may be read with
 * them where that is asked for, because no more rows are read than are given.
 */
export type Lane = (after: Place | undefined, count: number, withRecords?: boolean) => readonly Row[]

/** Below zero where `a` comes first. */
export type Compare = (a: Place, b: Place) => number

export function byKeys(direction: 'asc' | 'desc'): Compare {
  const sign = direction === 'asc' ? 1 : -1
  return (a, b) => sign * compareKeys(a.key, b.key)
}

/** What has no value comes last in either direction; equals ascend by key. */
export function byValues(direction: 'asc' | 'desc'): Compare {
  const sign = direction === 'asc' ? 1 : -1
  return (a, b) => {
    if (a.value === null || b.value === null) {
      return Number(a.value === null) - Number(b.value === null) || compareKeys(a.key, b.key)
    }
    return sign * compareStored(a.value, b.value) || compareKeys(a.key, b.key)
  }
}

/** Hex digits stand in the order of the bytes. */
function compareKeys(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** Rows that were read before, whatever their order. What stands in them twice comes once. */
export function laneOf(rows: readonly Row[], compare: Compare): Lane {
  const sorted = rows.toSorted(compare).filter((row, i, all) => i === 0 || row.id !== all[i - 1]?.id)
  return (after, count) =>
    (after === undefined ? sorted : sorted.filter(row => compare(row, after) > 0)).slice(0, count)
}

interface Head {
  readonly lane: Lane
  rows: readonly Row[]
  at: number
}

/** Several lanes as one. What stands in several comes once. */
export function mergedLane(lanes: readonly Lane[], compare: Compare): Lane {
  const [only, ...others] = lanes
  if (only !== undefined && others.length === 0) return only
  return (after, count) => {
    const chunk = Math.min(count, Math.max(8, Math.ceil((2 * count) / Math.max(1, lanes.length))))
    const heads = lanes.map((lane): Head => ({ lane, rows: lane(after, chunk), at: 0 }))
    const found: Row[] = []
    while (found.length < count) {
      let least: Row | undefined
      for (const { rows, at } of heads) {
        const row = rows[at]
        if (row !== undefined && (least === undefined || compare(row, least) < 0)) least = row
      }
      if (least === undefined) break
      found.push(least)
      for (const head of heads) {
        const row = head.rows[head.at]
        if (row === undefined || compare(row, least) > 0) continue
        head.at += 1
        if (head.at < head.rows.length || head.rows.length < chunk) continue
        head.rows = head.lane(row, chunk)
        head.at = 0
      }
    }
    return found
  }
}

/** One lane after the other; which one a place stands in `isIn` says. */
export function lanesInTurn(
  lanes: readonly {
    readonly isBefore: (after: Place) => boolean
    readonly isIn: (after: Place) => boolean
    readonly open: () => Lane
  }[],
): Lane {
  return (after, count, withRecords) => {
    const found: Row[] = []
    for (const { isBefore, isIn, open } of lanes) {
      if (found.length >= count) break
      if (after !== undefined && isBefore(after)) continue
      const from = after !== undefined && isIn(after) ? after : undefined
      found.push(...open()(from, count - found.length, withRecords))
    }
    return found
  }
}
