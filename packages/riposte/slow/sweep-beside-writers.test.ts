import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fsStore } from '@riposte/backend-fs'
import { sqliteStore } from '@riposte/backend-sqlite'
import { createCache } from '@riposte/core'
import { expect, test } from 'vitest'
import { runProgram } from './run-program.ts'

const SECONDS = Number(process.env['RIPOSTE_SLOW_SECONDS'] ?? 60)
/** Long enough for any step of a writer on a busy machine, short enough that sweeps find garbage all the time. */
const GRACE = 2000

/** What a writer or a reader tells of itself. */
interface Report {
  readonly failures?: readonly string[]
  readonly warnings: readonly string[]
}

test.each(['sqlite', 'files'])(
  'a sweep in a loop beside eight writers and eight readers breaks no read: %s',
  async engine => {
    const folder = await mkdtemp(join(tmpdir(), 'riposte-sweep-'))
    const location = join(folder, 'store')
    const until = Date.now() + SECONDS * 1000
    try {
      const cache = createCache(engine === 'files' ? fsStore(location) : sqliteStore(location))
      const workers = Array.from({ length: 16 }, (_, i) =>
        runProgram<Report>(i < 8 ? 'writer' : 'reader', [engine, location, i + 1, until]),
      )
      const done = Promise.all(workers)
      let removed = 0
      let sweeps = 0
      while (Date.now() < until) {
        removed += (await cache.gc({ grace: GRACE })).removed
        sweeps += 1
      }
      const reports = await done
      expect(reports.flatMap(({ failures = [] }) => failures)).toEqual([])
      expect(reports.flatMap(({ warnings }) => warnings)).toEqual([])
      expect(removed).toBeGreaterThan(0)
      expect(sweeps).toBeGreaterThan(0)
      let whole = 0
      for await (const call of cache.calls.query()) {
        await call.result()
        whole += 1
      }
      expect(whole).toBeGreaterThan(0)
      expect(await cache.fsck()).toMatchObject({ sound: true })
      await cache.close()
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },
  SECONDS * 1000 + 120_000,
)
