// Calls over the default cache, whatever that is: what they give, or the error.
import { memoize, memoizeSync } from 'riposte'

const computed: string[] = []
const later = memoize(
  async (x: number) => {
    computed.push('later')
    return x * 2
  },
  { name: 'later' },
)
const atOnce = memoizeSync(
  (x: number) => {
    computed.push('at once')
    return x * 3
  },
  { name: 'at once' },
)

// Called outside of the try: a promise never throws.
const promised = later(21)
const results = [await promised.catch((error: unknown) => String(error))]
try {
  results.push(atOnce(21))
} catch (error) {
  results.push(String(error))
}
console.log(JSON.stringify({ results, computed }))
