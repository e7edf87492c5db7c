/** Reading the clock of the system takes as long as finding a call by two arguments. */
const READS = 64

/**
 * A clock that never goes back, in milliseconds. The time that it tells is at most `step` old, or where this thread is
 * kept busy without a turn of the event loop, as old as the first of 64 readings.
 */
export function coarseClock(step: number): () => number {
  let time = 0
  let left = 0
  let isTicking = false

  function read(): number {
    time = performance.now()
    left = READS - 1
    if (!isTicking) {
      isTicking = true
      // Only while somebody reads: an idle process is not woken up, and a process that is done is not kept.
      const timer: unknown = setTimeout(() => {
        isTicking = false
        left = 0
      }, step)
      if (isNodeTimer(timer)) timer.unref()
    }
    return time
  }

  return () => {
    if (left === 0) return read()
    left -= 1
    return time
  }
}

function isNodeTimer(timer: unknown): timer is { unref(): void } {
  return typeof timer === 'object' && timer !== null && 'unref' in timer
}
