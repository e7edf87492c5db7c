import type { Steps } from '@riposte/core'
import { NOT_THERE } from './answers.ts'
import { answerFor } from './failure.ts'
import type { Home } from './home.ts'

/** Brings to the disk what others may remove at any time. Says whether it still stood. */
export function* syncIfThere(home: Home, path: string): Steps<boolean> {
  try {
    yield* home.sync(path)
    return true
  } catch (error) {
    return answerFor(error, NOT_THERE)
  }
}
