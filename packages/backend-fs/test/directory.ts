/** Directories for tests, which vanish afterwards. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A new empty directory; the path has no links in it. */
export async function directory(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'riposte-fs-'))
  onTestFinished(() => rm(path, { recursive: true, force: true }))
  return path
}
