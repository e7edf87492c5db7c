import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

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
  const program = fileURLToPath(new URL('./programs/sweep.mjs', import.meta.url))
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [
      '--max-old-space-size=64',
      '--expose-gc',
      program,
      'sqlite',
      join(folder, 'riposte.db'),
      String(VALUES),
    ])
    const { removed, kept, removedAgain, heapMiB, residentMiB }: Report = JSON.parse(stdout)
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
