// digest(value) on real data.
import { digest } from '@riposte/core'
import objectHash from 'object-hash'
import { hash as ohash } from 'ohash'
import { corpora } from '../corpora.mjs'
import { jsonSha256 } from '../floors.mjs'

export const packages = ['object-hash', 'ohash', 'vega-datasets']

export async function* cases() {
  for (const { title, value } of corpora()) {
    yield {
      title: `digest of ${title}`,
      contenders: [
        { name: 'riposte', run: () => digest(value) },
        { name: 'ohash', run: () => ohash(value) },
        { name: 'object-hash (SHA-256)', run: () => objectHash(value, { algorithm: 'sha256' }) },
        { name: 'floor: JSON.stringify + SHA-256', run: () => jsonSha256(value) },
      ],
    }
  }
}
