import { expect, test } from 'vitest'
import { runProgram } from './run-program.ts'

const CALLS = 1_000_000

interface Report {
  readonly heapMiB: number
  readonly buffersMiB: number
  readonly stats: { readonly hits: number; readonly misses: number }
}

test('a million different calls stay inside the bounds of what is hot', async () => {
  const { heapMiB, buffersMiB, stats } = await runProgram<Report>('hot-calls', [CALLS], ['--expose-gc'])
  // 10,000 calls of some 2 KB each, and up to twice as many leaves of tries.
  expect(heapMiB + buffersMiB).toBeLessThan(64)
  expect(stats.misses).toBeGreaterThanOrEqual(CALLS)
  expect(stats.hits).toBeGreaterThan(CALLS)
})
