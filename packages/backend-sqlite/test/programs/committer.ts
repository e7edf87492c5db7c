/** Commits batches for ever, and says after the first that it does: `committer FILE NAME BATCH`. */
import { createHash } from 'node:crypto'
import { asDigest, type Digest } from '@riposte/core'
import { NO_TERMS } from '../../../core/test/support/no-terms.ts'
import { sqliteStore } from '../../src/index.ts'

const [file = '', name = '', batch = ''] = process.argv.slice(2)
const store = sqliteStore(file)
const keyOf = (text: string): Digest => asDigest(createHash('sha256').update(text).digest('hex'))

for (let round = 0; ; round++) {
  const items = Array.from({ length: Number(batch) }, (_, i) => `${name} ${round} ${i}`)
  const values = items.map(item => ({ key: keyOf(`value ${item}`), bytes: Buffer.alloc(3000, item) }))
  const calls = items.map((item, i) => ({
    key: keyOf(`call ${item}`),
    // What it was committed with: its value, and how many others.
    bytes: Buffer.from(JSON.stringify({ round: `${name} ${round}`, value: values[i]?.key })),
    terms: {
      ...NO_TERMS,
      namespace: 'test',
      name,
      args: [{ position: 0, name: 'round', path: '', digest: keyOf(`round ${round}`) }],
      result: keyOf(`value ${item}`),
      metadata: [{ path: '/round', value: `${name} ${round}` }],
    },
  }))
  store.commit({ values, calls, mode: 'absent' })
  if (round === 0) process.stdout.write('committing\n')
}
