import type { Steps } from '@riposte/core'
import type { Definition } from './definition.ts'
import { describeIdentity } from './identity.ts'

/**
 * Runs steps to their end now.
 *
 * @throws {TypeError} when something in them has to be waited for: then the store is none that answers at once
 */
export function runAtOnce<T>({ identity }: Definition, steps: Steps<T>): T {
  const first = steps.next()
  if (first.done) return first.value
  // Nobody hears how it ends.
  first.value.catch(() => {})
  // What is returned here goes nowhere; the steps only clear up.
  steps.return(undefined as T)
  throw new TypeError(
    `expected a store that answers at once for ${describeIdentity(identity)}, which is memoized with memoizeSync; ` +
      'got one that promises: use memoryStore(), sqliteStore(file) or fsStore(root, { sync: true }), or use memoize',
  )
}
