/** The clock of the file system that a store is in, which need not be this machine's. */
import { type Steps, type Touched, wait } from '@riposte/core'
import { saysReadOnly } from './failure.ts'
import type { Home } from './home.ts'
import type { Place } from './layout.ts'

/** The time that a file gets which changes now. */
export function* now(home: Home, place: Place): Steps<Touched> {
  const probe = yield* home.stage(place, new Uint8Array())
  try {
    const status = yield* wait(home.files.status(probe))
    return status?.touched ?? (yield* now(home, place))
  } finally {
    yield* wait(home.files.unlink(probe))
  }
}

/**
 * As `now`; this machine's clock where nothing can be written, since nothing can be removed there either.
 *
 * @param place - of the store; without it, the store is made if need be
 */
export function* readingNow(home: Home, place?: Place): Steps<Touched> {
  try {
    return yield* now(home, place ?? (yield* home.make()))
  } catch (error) {
    if (!saysReadOnly(error)) throw error
    return Date.now()
  }
}

/** A time that lies further ahead was set by a clock that has been put back since. */
const AHEAD = 3000

/**
 * Waits until the clock has moved past `time`, and gives what it says then. Clocks of file systems move in steps of
 * up to some milliseconds (on some, seconds): what is touched in the same step has the same time.
 */
export function* nowPast(time: Touched, home: Home, place: Place): Steps<Touched> {
  for (;;) {
    let moment: Touched
    try {
      moment = yield* now(home, place)
    } catch (error) {
      if (!saysReadOnly(error)) throw error
      return Number.POSITIVE_INFINITY
    }
    if (moment > time || time - moment > AHEAD) return moment
    yield* wait(home.files.sleep(1))
  }
}

/**
 * What to set a file's times to when it is touched: about now, with microseconds at random. Nothing reads it as a
 * time. A guarded delete, which moves `ctime` itself, sees by it that a file was touched between two looks.
 */
export function stamp(): number {
  return Math.floor(Date.now() / 1000) + Math.floor(Math.random() * 1e6) / 1e6
}
