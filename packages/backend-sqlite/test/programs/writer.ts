/** Puts entries one by one: `writer FILE NAME COUNT`. */
import { createHash } from 'node:crypto'
import { asDigest } from '@riposte/core'
import { sqliteStore } from '../../src/index.ts'

const [file = '', name = '', count = ''] = process.argv.slice(2)
const store = sqliteStore(file)
for (let i = 0; i < Number(count); i++) {
  const key = asDigest(createHash('sha256').update(`${name} ${i}`).digest('hex'))
  store.values.put([{ key, bytes: Buffer.from(`${name} ${i}`) }], 'keep')
}
store.close()
