import { MAJOR, TAG } from './format.ts'
import { writeProperties } from './plain.ts'
import type { Walk } from './walk.ts'

/**
 * Properties beside what a kind is made of; written first, so that what follows cannot be mistaken for them. `base`
 * writes what follows as a part of its own.
 */
export function writeExtra(
  walk: Walk,
  value: object,
  keys: readonly string[],
  symbols: readonly symbol[],
  at: number,
  base: (at: number, storedStart: number) => number,
): number {
  const begin = walk.output.head(MAJOR.array, 2, walk.output.head(MAJOR.tag, TAG.extra, at))
  const end = writeProperties(walk, value, keys, symbols, begin)
  const storedStart = walk.storedAt(end)
  return walk.close(end, base(end, storedStart), storedStart)
}
