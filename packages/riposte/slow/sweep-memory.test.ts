import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runProgram } from './run-program.ts'

const VALUES = 300_000

interface Report {
  readonly removed: number
  readonly kept: number
  readonly removedAgain: number
  readonly heapMiB: number
  readonly residentMiB: number
}

test('300,000 values, half of them reachable, are swept from SQLite within a heap of 64 MiB', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'riposte-sweep-'))
  try {
    const { removed, kept, removedAgain, heapMiB, residentMiB } = await runProgram<Report>(
      'sweep',
      ['sqlite', join(folder, 'riposte.db'), VALUES],
      ['--max-old-space-size=64', '--expose-gc'],
    )
    // Each thousand that is pinned together has a parent.
    expect({ removed, kept, removedAgain }).toEqual({
      removed: VALUES / 2,
      kept: VALUES / 2 + VALUES / 2000,
      removedAgain: 0,
    })
    // Of 150,000 marks a third stand in a table; its pages, and those of the database, are 48 MiB at most.
    expect(heapMiB).toBeLessThan(48)
    expect(residentMiB).toBeLessThan(128)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
