// Stores with many calls and values, written in large transactions: what is measured is what comes after.
import { createCache } from '@riposte/core'
import { memoizeSync } from '@riposte/memo'

/** Calls in one transaction. */
const batch = 2000

/** A store that writes what is committed to it by and by, as `inner` does it at once. Nothing stands in it before. */
function gathering(inner) {
  let waiting = { values: [], calls: [] }
  const flush = () => {
    const { values, calls } = waiting
    waiting = { values: [], calls: [] }
    inner.commit({ values, calls, mode: 'absent' })
  }
  return {
    flush,
    store: {
      ...inner,
      // Nothing is asked for twice here, so nothing is there.
      calls: { ...inner.calls, get: keys => keys.map(() => undefined) },
      commit({ values, calls }) {
        waiting.values.push(...values)
        waiting.calls.push(...calls)
        if (waiting.calls.length >= batch) flush()
        return { values: values.map(() => undefined), calls: calls.map(() => undefined) }
      },
    },
  }
}

/** Records calls of `f(user, n)`: of a thousand users, with durations and starting times as they come. */
export function fillWithCalls(inner, count) {
  const { store, flush } = gathering(inner)
  const cache = createCache(store, { hot: false })
  const f = memoizeSync((user, n) => user.length + (n % 7), {
    cache,
    name: 'f',
    params: ['user', 'n'],
    tags: { project: 'bench' },
  })
  for (let n = 0; n < count; n++) f(`user ${n % 1000}`, n)
  flush()
}

/** Stores values, each in an entry of its own; of every ten one is needed by a call. */
export async function fillWithValues(inner, count) {
  const cache = createCache(inner, { inlineBelow: 10 })
  const text = n => `value number ${n}, ${'x'.repeat(100)}`
  for (let from = 0; from < count; from += batch) {
    const some = Array.from({ length: Math.min(batch, count - from) }, (_, i) => text(from + i))
    await cache.values.saveAll(some)
    await cache.values.save(
      some.filter((_, i) => i % 10 === 0),
      { pin: `kept ${from}` },
    )
  }
}
