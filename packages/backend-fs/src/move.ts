/** A rename that bears with virus scanners. */
import { type Steps, wait } from '@riposte/core'
import { systemCode } from './failure.ts'
import type { Files, Outcome } from './files.ts'

const ATTEMPTS = 8

/** On Windows a file that somebody has open without leave to remove it cannot be renamed over, usually for milliseconds. */
const BUSY: ReadonlySet<string | undefined> = new Set(['EPERM', 'EBUSY', 'EACCES'])

export function* move(
  files: Files,
  from: string,
  to: string,
  platform: NodeJS.Platform = process.platform,
): Steps<Outcome> {
  for (let attempt = 1; ; attempt++) {
    try {
      return yield* wait(files.rename(from, to))
    } catch (error) {
      if (platform !== 'win32' || attempt === ATTEMPTS || !BUSY.has(systemCode(error))) throw error
    }
    yield* wait(files.sleep(2 ** attempt))
  }
}
