// A user's program in plain JavaScript, to be bundled with all it imports.
import { memoize } from 'riposte'

let computed = 0
const double = memoize(
  number => {
    computed += 1
    return number * 2
  },
  { name: 'bundled', params: ['number'] },
)

// Not awaited: a bundle of CommonJS cannot, at its top.
double(3).then(
  result => console.log('computed', computed, 'result', result),
  error => console.log(error.code, error.message),
)
