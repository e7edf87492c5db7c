import { memoize, memoizeMethod, memoizeSync } from 'riposte'

class Api {
  readonly base: string
  constructor(base: string) {
    this.base = base
  }
}

const computed: string[] = []
const parse = memoizeSync(
  (text: string) => {
    computed.push('parse')
    return text.split(',')
  },
  { name: 'parse' },
)
const user = memoizeMethod(
  async function (this: Api, id: number) {
    computed.push('user')
    return this.base + id
  },
  { name: 'user', context: self => self.base },
)
const rows = memoize(
  async () => {
    computed.push('rows')
    return Array.from({ length: 500 }, (_, i) => ({ i }))
  },
  { name: 'rows' },
)
const count = memoize(
  async (list: readonly object[]) => {
    computed.push('count')
    return list.length
  },
  { name: 'count' },
)
const fails = memoize(
  async () => {
    computed.push('fails')
    throw new RangeError('no')
  },
  { name: 'fails', cacheErrors: true },
)

const results = [
  parse('a,b'),
  await user.call(new Api('x'), 1),
  await count.withRefs(await rows.ref()),
  await fails().catch((error: unknown) => String(error)),
]
console.log(JSON.stringify({ results, computed }))
