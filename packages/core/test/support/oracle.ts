import { isDeepStrictEqual } from 'node:util'

/**
 * `isDeepStrictEqual`, which on Node 22 and 24 fails over two Sets of which one has `null` or `undefined` for a
 * member and the other has not: those differ.
 */
export function deepStrictEqual(a: unknown, b: unknown): boolean {
  try {
    return isDeepStrictEqual(a, b)
  } catch (error) {
    if (error instanceof TypeError && /(null|undefined) \(reading 'constructor'\)/.test(error.message)) return false
    throw error
  }
}
