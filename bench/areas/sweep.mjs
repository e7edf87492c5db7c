// Sweeping a store of which nine tenths are garbage: time, and the memory of the whole process, as the store grows.
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { sizesOf } from '../by-size.mjs'
import { duration } from '../report.mjs'

export const packages = ['better-sqlite3']

const run = promisify(execFile)
const program = fileURLToPath(new URL('../programs/sweep.mjs', import.meta.url))

export async function* cases({ large }) {
  const runs = [
    ['sqlite', sizesOf(large)],
    ['memory', sizesOf(large)],
    ['files', [10_000]],
  ]
  const rows = []
  for (const [kind, sizes] of runs) {
    for (const size of sizes) {
      const { stdout } = await run(process.execPath, [program, kind, String(size)])
      const { took, cpu, stall, rss, removed } = JSON.parse(stdout)
      rows.push([
        `${kind}, ${size} values`,
        duration(took * 1e6),
        duration(cpu * 1e6),
        duration((took * 1e6) / size),
        duration(stall * 1e6),
        `${Math.round(rss / 2 ** 20)} MiB`,
        String(removed),
      ])
    }
  }
  yield {
    title: 'a sweep',
    head: ['', 'time', 'of a processor', 'a value', 'longest wait for others', 'peak memory', 'removed'],
    rows,
  }
}
