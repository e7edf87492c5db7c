// How much memory a program takes at most beyond what it has now, looked at as often as it is asked to.
const MIB = 2 ** 20

/** From now on; `measure` looks, and `most` tells what it saw. */
export function memoryBeyondRest() {
  globalThis.gc?.()
  const rest = process.memoryUsage()
  let heap = 0
  let resident = 0
  return {
    measure() {
      const { heapUsed, rss } = process.memoryUsage()
      heap = Math.max(heap, heapUsed - rest.heapUsed)
      resident = Math.max(resident, rss - rest.rss)
    },
    most: () => ({ heapMiB: heap / MIB, residentMiB: resident / MIB }),
  }
}
