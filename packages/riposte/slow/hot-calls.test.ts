import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const CALLS = 1_000_000

interface Report {
  readonly heapMiB: number
  readonly buffersMiB: number
  readonly stats: { readonly hits: number; readonly misses: number }
}

test('a million different calls stay inside the bounds of what is hot', async () => {
  const file = fileURLToPath(new URL('./programs/hot-calls.mjs', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', file, String(CALLS)])
  const { heapMiB, buffersMiB, stats } = JSON.parse(stdout) as Report
  // 10,000 calls of some 2 KB each, and up to twice as many leaves of tries.
  expect(heapMiB + buffersMiB).toBeLessThan(64)
  expect(stats.misses).toBeGreaterThanOrEqual(CALLS)
  expect(stats.hits).toBeGreaterThan(CALLS)
})
