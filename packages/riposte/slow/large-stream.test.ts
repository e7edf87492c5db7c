import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runProgram } from './run-program.ts'

const MEBIBYTES = 1024

interface Report {
  readonly bytes: number
  readonly heapMiB: number
  readonly residentMiB: number
}

test.each(['files', 'sqlite'])('a GiB streams in and out through a heap of 64 MiB: %s', async engine => {
  const folder = await mkdtemp(join(tmpdir(), 'riposte-stream-'))
  try {
    const { bytes, heapMiB, residentMiB } = await runProgram<Report>(
      'stream',
      [engine, join(folder, 'store'), MEBIBYTES],
      ['--max-old-space-size=64'],
    )
    expect(bytes).toBe(MEBIBYTES * 2 ** 20)
    expect(heapMiB).toBeLessThan(32)
    // Chunks wait for the garbage collector outside the heap.
    expect(residentMiB).toBeLessThan(256)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
