// How one operation does as a store grows. The time of the processor is given too: it is what a busy machine leaves true.
import { duration } from './report.mjs'

/** Calls or values in the stores. */
export const sizesOf = large => (large ? [10_000, 1_000_000] : [10_000, 100_000])

export const head = ['', 'time', 'of a processor', 'range']

const batches = 11
const batchMs = 40
const warmUpMs = 150

/** @param {readonly { name: string, run: () => unknown }[]} contenders - take turns; what they return is awaited */
export async function rowsOf(contenders) {
  const lanes = []
  for (const { name, run } of contenders) {
    // As often as fills a batch, once it is compiled.
    const begin = performance.now()
    do await repeated(run, 5)
    while (performance.now() - begin < warmUpMs)
    const { wall } = await repeated(run, 5)
    lanes.push({ name, run, count: Math.max(1, Math.ceil((batchMs * 1e6) / wall)), samples: [] })
  }
  for (let batch = 0; batch < batches; batch++) {
    for (const { run, count, samples } of lanes) samples.push(await repeated(run, count))
  }
  return lanes.map(({ name, samples }) => {
    const wall = samples.map(sample => sample.wall).sort((a, b) => a - b)
    const cpu = samples.map(sample => sample.cpu).sort((a, b) => a - b)
    const range = `${duration(wall[0])} to ${duration(wall.at(-1))}`
    return [name, duration(wall[batches >> 1]), duration(cpu[batches >> 1]), range]
  })
}

async function repeated(run, count) {
  const begin = process.hrtime.bigint()
  const before = process.cpuUsage()
  for (let i = 0; i < count; i++) await run()
  const { user, system } = process.cpuUsage(before)
  return { wall: Number(process.hrtime.bigint() - begin) / count, cpu: ((user + system) * 1000) / count }
}
