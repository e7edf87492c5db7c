// Which of the busiest American airports are the latest, and whom do they serve? A pipeline of eight memoized
// functions over the data of vega-datasets. Run it twice: the second time nothing is computed.
import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { sqliteStore } from '@riposte/backend-sqlite'
import { createCache } from '@riposte/core'
import { Ledger } from './ledger.mjs'
import { createSteps, namespace, runPipeline } from './pipeline.mjs'
import { createProgress } from './progress.mjs'
import { printCalls, printRanking, printSteps } from './tables.mjs'

const help = `npm run demo -- [options]

  --version <n>   version of the step 'nearest': 1 measures on the ellipsoid (default), 2 on a sphere.
                  Other distances: the step is computed anew, and what depends on them.
  --bump <step>   compute a step anew as if its code had changed. It gives the same results,
                  so nothing after it is computed: results are known by their content.
  --sweep         remove records of versions that this run did not use, so that what only they referred to is swept
  --fresh         forget everything first
  --store <file>  the SQLite file, .cache/demo.db of this repository unless given
  --help          print this
`

const { values: options } = parseArgs({
  options: {
    version: { type: 'string', default: '1' },
    bump: { type: 'string' },
    sweep: { type: 'boolean', default: false },
    fresh: { type: 'boolean', default: false },
    store: { type: 'string', default: fileURLToPath(new URL('../../.cache/demo.db', import.meta.url)) },
    help: { type: 'boolean', default: false },
  },
})
if (options.help) {
  process.stdout.write(help)
  process.exit()
}
if (options.version !== '1' && options.version !== '2')
  throw new RangeError(`--version is 1 or 2, not '${options.version}'`)
if (options.fresh) for (const end of ['', '-wal', '-shm']) rmSync(options.store + end, { force: true })

const cache = createCache(sqliteStore(options.store))
const progress = createProgress()
const ledger = new Ledger(({ calls }) => progress.update(calls))
const steps = createSteps(cache, ledger, { version: Number(options.version), bump: options.bump })
if (options.bump !== undefined && !Object.hasOwn(steps, options.bump)) {
  throw new RangeError(`--bump takes one of ${Object.keys(steps).join(', ')}, not '${options.bump}'`)
}

const ranked = await runPipeline(steps, ledger)
progress.stop()
printRanking(ranked.slice(0, 8))
printSteps(ledger.accounts)

// Every call is a record that can be found again. Listing records reads no result; asking for one does.
const slow = await cache.calls.query({ namespace, metadata: { runtime: { durationMs: { gt: 20 } } } }).toArray()
slow.sort((a, b) => (b.metadata.runtime?.durationMs ?? 0) - (a.metadata.runtime?.durationMs ?? 0))
printCalls(`${slow.length} calls on record took longer than 20 ms; the slowest:`, slow.slice(0, 5))

const latest = ranked[0]?.iata ?? 'ORD'
console.log(`\nOn record for ${latest}, found by its argument:`)
for await (const call of steps.lateness.query({ iata: latest })) {
  const { departures, median, late } = await call.result()
  console.log(`  ${departures} departures, median ${median} min, ${Math.round(late * 100)} % late`)
}

if (options.sweep) {
  const inUse = new Map(Object.values(steps).map(({ identity }) => [identity.name, identity.version]))
  const evicted = await cache.calls
    .query({ namespace })
    .filter(({ name, version }) => inUse.get(name) !== version)
    .evict()
  console.log(`\n${evicted} records of other versions removed`)
}
// A sweep removes the values that no record refers to any more. Nobody else uses this file, so their age does not matter.
const swept = await cache.gc({ grace: 0 })
const { values, calls } = await cache.stats()
console.log(
  `\nSwept ${swept.removed} values of ${size(swept.bytes)}; ` +
    `the store holds ${calls.entries} records and ${values.entries} values, ${size(values.bytes + calls.bytes)}`,
)
await cache.close()

const seconds = (performance.now() / 1000).toFixed(1)
console.log(`\ncomputed ${ledger.computed}, from store ${ledger.calls - ledger.computed}, ${seconds} s`)

function size(/** @type {number} */ bytes) {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`
}
