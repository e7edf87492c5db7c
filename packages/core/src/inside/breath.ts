/** Work in one go before others get their turn, in milliseconds. */
const SLICE = 10

/**
 * For loops over stores that answer now: `await breathe()` lets timers and I/O have their turn when the last was some
 * milliseconds ago, and costs next to nothing otherwise.
 */
export function createBreath(): () => Promise<void> | undefined {
  let last = performance.now()
  return () => {
    if (performance.now() - last < SLICE) return undefined
    return new Promise(resolve => {
      setTimeout(() => {
        last = performance.now()
        resolve()
      })
    })
  }
}
