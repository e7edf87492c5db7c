// A progress bar for people who wait: after a second, and only on a terminal.
import { Presets, SingleBar } from 'cli-progress'

const patience = 1000

/** About how many calls a run makes; only the bar depends on it. */
const expectedCalls = 250

export function createProgress() {
  const begin = performance.now()
  /** @type {SingleBar | undefined} */
  let bar
  return {
    /** @param {number} calls - made until now */
    update(calls) {
      if (!process.stdout.isTTY || performance.now() - begin < patience) return
      bar ??= start()
      bar.setTotal(Math.max(expectedCalls, calls))
      bar.update(calls)
    },
    stop() {
      bar?.stop()
    },
  }
}

function start() {
  const bar = new SingleBar({ format: '{bar} {value} calls', clearOnComplete: true }, Presets.shades_classic)
  bar.start(expectedCalls, 0)
  return bar
}
