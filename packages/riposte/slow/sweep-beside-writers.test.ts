import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { fsStore } from '@riposte/backend-fs'
import { sqliteStore } from '@riposte/backend-sqlite'
import { createCache } from '@riposte/core'
import { expect, test } from 'vitest'

const SECONDS = Number(process.env['RIPOSTE_SLOW_SECONDS'] ?? 60)
/** Long enough for any step of a writer on a busy machine, short enough that sweeps find garbage all the time. */
const GRACE = 2000

function start(program: string, ...args: readonly string[]): Promise<Record<string, unknown>> {
  const file = fileURLToPath(new URL(`./programs/${program}.mjs`, import.meta.url))
  const child: ChildProcess = spawn(process.execPath, [file, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  let errors = ''
  child.stdout?.on('data', data => {
    output += String(data)
  })
  child.stderr?.on('data', data => {
    errors += String(data)
  })
  return new Promise((resolve, reject) => {
    child.on('exit', code => (code === 0 ? resolve(JSON.parse(output)) : reject(new Error(`${program}: ${errors}`))))
  })
}

test.each(['sqlite', 'files'])(
  'a sweep in a loop beside eight writers and eight readers breaks no read: %s',
  async engine => {
    const folder = await mkdtemp(join(tmpdir(), 'riposte-sweep-'))
    const location = join(folder, 'store')
    const until = String(Date.now() + SECONDS * 1000)
    try {
      const cache = createCache(engine === 'files' ? fsStore(location) : sqliteStore(location))
      const workers = Array.from({ length: 16 }, (_, i) =>
        start(i < 8 ? 'writer' : 'reader', engine, location, String(i + 1), until),
      )
      const done = Promise.all(workers)
      let removed = 0
      let sweeps = 0
      while (Date.now() < Number(until)) {
        removed += (await cache.gc({ grace: GRACE })).removed
        sweeps += 1
      }
      const reports = await done
      expect(reports.flatMap(report => report['failures'] ?? [])).toEqual([])
      expect(reports.flatMap(report => report['warnings'])).toEqual([])
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
