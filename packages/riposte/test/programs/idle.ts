import * as riposte from 'riposte'

riposte.memoize((x: number) => x, { name: 'never called' })
console.log(Object.keys(riposte).length > 0)
