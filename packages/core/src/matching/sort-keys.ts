/** The order of what records are sorted by. */
import { compareCodePoints } from './code-points.ts'

/** What can be sorted by. Numbers, bigints and dates compare with each other and stand before text, text before booleans. */
export type SortKey = string | number | bigint | boolean | Date | null | undefined

const MISSING = 3

/** Below zero where `a` comes first. What is nothing, or NaN, comes last in either direction. */
export function compareSortKeys(a: SortKey, b: SortKey, direction: 'asc' | 'desc'): number {
  const rankA = rankOf(a)
  const rankB = rankOf(b)
  if (rankA !== rankB && (rankA === MISSING || rankB === MISSING)) return rankA - rankB
  const order = rankA !== rankB ? rankA - rankB : compareOfRank(a, b, rankA)
  return direction === 'asc' ? order : -order
}

/** Numbers and dates before text, text before booleans, nothing last. */
function rankOf(key: SortKey): number {
  if (key === null || key === undefined) return MISSING
  if (typeof key === 'string') return 1
  if (typeof key === 'boolean') return 2
  return Number.isNaN(Number(key)) ? MISSING : 0
}

function compareOfRank(a: SortKey, b: SortKey, rank: number): number {
  if (rank === MISSING) return 0
  if (typeof a === 'string' && typeof b === 'string') return compareCodePoints(a, b)
  // Of one rank: numbers, bigints and dates compare with each other, as booleans do.
  const [x, y] = [a, b] as readonly number[]
  return x! < y! ? -1 : x! > y! ? 1 : 0
}
