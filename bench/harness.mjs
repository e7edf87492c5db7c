// Measures contenders side by side: batches take turns, so that what else the machine does falls on all alike.

/**
 * @typedef {object} Contender
 * @property {string} name
 * @property {(i: number) => unknown} run - one operation; `i` counts up and never repeats
 * @property {boolean} [later] - `run` returns a promise, which is awaited
 */

/** @typedef {{ name: string, median: number, least: number, most: number }} Measurement in nanoseconds an operation */

const batches = 11
const batchMs = 30
const warmUpMs = 120
const mostPerBatch = 1_000_000

/** What contenders return ends here, lest the engine finds that nobody wants it. */
const sink = { value: /** @type {unknown} */ (undefined) }

/**
 * @param {readonly Contender[]} contenders
 * @returns {Promise<readonly Measurement[]>} in the same order
 */
export async function measure(contenders) {
  const lanes = []
  for (const contender of contenders) lanes.push(await warmUp(contender))
  for (let batch = 0; batch < batches; batch++) {
    globalThis.gc?.()
    // Each batch begins with another contender.
    for (let turn = 0; turn < lanes.length; turn++) {
      const lane = lanes[(turn + batch) % lanes.length]
      lane.samples.push((await lane.batch(lane.size)) / lane.size)
    }
  }
  return lanes.map(({ name, samples }) => {
    const sorted = samples.toSorted((a, b) => a - b)
    return { name, median: sorted[sorted.length >> 1], least: sorted[0], most: sorted[sorted.length - 1] }
  })
}

/** Runs a contender until it is compiled, and finds out how many operations fill a batch. */
async function warmUp({ name, run, later }) {
  const loop = createLoop(later === true)
  let from = 0
  const batch = async size => {
    const begin = process.hrtime.bigint()
    await loop(run, sink, from, from + size)
    from += size
    return Number(process.hrtime.bigint() - begin)
  }
  let size = 1
  let perOperation = 0
  for (let spent = 0; spent < warmUpMs * 1e6; ) {
    const took = await batch(size)
    spent += took
    perOperation = took / size
    size = Math.max(1, Math.min(size * 4, mostPerBatch, Math.round((batchMs * 1e6) / perOperation)))
  }
  return { name, batch, size, samples: /** @type {number[]} */ ([]) }
}

/** A loop of its own for each contender: in a shared one the call of `run` would be slowed down by all the others. */
function createLoop(later) {
  const step = later ? 'await run(i)' : 'run(i)'
  return new Function(
    `return async (run, sink, from, to) => { for (let i = from; i < to; i++) sink.value = ${step} }`,
  )()
}
