// npm run bench [-- digest codec hit store wrappers corpora import query sweep open threshold] [--large] [--write]
// Riposte beside its peers and the raw calls, in one run: read the ratios, not the times.
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { measure } from './harness.mjs'
// What is measured is what the sources give.
import '../scripts/bundle.mjs'
import { prepareSqlite3 } from './prepare.mjs'
import { circumstances, section, table } from './report.mjs'
import { reportThreshold } from './threshold.mjs'

const areas = ['digest', 'codec', 'hit', 'store', 'wrappers', 'corpora', 'import', 'query', 'sweep', 'open']

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    large: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
const unknown = positionals.filter(name => ![...areas, 'threshold'].includes(name))
if (values.help || unknown.length > 0) {
  if (unknown.length > 0) console.error(`there is no ${unknown.join(', ')}`)
  console.log(
    `npm run bench -- [${[...areas, 'threshold'].join('|')} …] [--large] [--write]\n\nAll areas unless some are named. --large has query, sweep and open fill stores with a million. --write keeps the report in bench/results.md, that of threshold in bench/threshold.md.`,
  )
  process.exit(unknown.length > 0 ? 1 : 0)
}
const wanted = positionals.length > 0 ? areas.filter(name => positionals.includes(name)) : areas

if (wanted.length > 0) await reportAreas()
if (positionals.includes('threshold')) await reportThreshold({ write: values.write })

async function reportAreas() {
  if (wanted.some(name => name === 'hit' || name === 'store')) prepareSqlite3()
  const modules = []
  for (const name of wanted) modules.push({ name, ...(await import(`./areas/${name}.mjs`)) })

  const parts = []
  const say = text => {
    parts.push(text)
    console.log(text)
  }
  say('# Riposte beside its peers\n')
  say(`${circumstances([...new Set(modules.flatMap(({ packages }) => packages))].sort())}\n`)
  say(
    'Each table was measured in one run, in batches that take turns; the median of eleven batches counts. Ratios are to the\nfirst row: above 1, it takes longer. A floor is the raw call that the work comes down to; it checks, refuses and records nothing.\n',
  )
  for (const { name, cases } of modules) {
    say(`## ${name}\n`)
    for await (const { title, contenders, head, rows } of cases({ large: values.large })) {
      say(rows ? section(title, head, rows) : table(title, await measure(contenders)))
    }
  }
  if (values.write) writeFileSync(new URL('results.md', import.meta.url), `${parts.join('\n').trimEnd()}\n`)
}
