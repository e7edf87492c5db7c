import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A new empty folder, for the test that runs: it goes with it. The path has no links in it. */
export function temporaryFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'riposte-memo-')))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
