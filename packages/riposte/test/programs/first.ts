import { memoize } from 'riposte'

const slow = memoize(
  (x: number) => {
    console.log('computing')
    return x * 2
  },
  { name: 'slow' },
)
console.log(await slow(21))
