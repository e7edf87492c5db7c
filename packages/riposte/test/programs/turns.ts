/** A process, or a thread of one, that makes one call: `node turns.mjs <kind of store> <folder> <what it does>`. */
import { appendFileSync, existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { threadId } from 'node:worker_threads'
import { createCache, type Holder, isRiposteError, memoize, type Store } from 'riposte'
import { storeOfKind } from './store-of-kind.ts'

const [, , kind = '', folder = '', task = ''] = process.argv
const here = storeOfKind(kind, folder)
const disguise = new Map<string, Partial<Holder>>([
  ['elsewhere', { host: 'elsewhere' }],
  ['untold', { thread: 'untold' }],
]).get(task)
const store = disguise === undefined ? here : withBriefLeases(here, disguise)

const slow = memoize(
  async (x: number, _signal?: AbortSignal) => {
    appendFileSync(join(folder, 'starts'), '.')
    while (!existsSync(join(folder, 'go'))) await sleep(10)
    if (task === 'throw') throw new Error('no')
    return x * 2
  },
  {
    cache: createCache(store),
    name: 'slow',
    params: ['x', 'signal'],
    signal: 'signal',
    lease: task !== 'alone',
    cacheIf: () => task !== 'forget',
  },
)

const impatient = task === 'abort' ? AbortSignal.timeout(300) : undefined
const answered = slow(21, impatient)
writeFileSync(join(folder, `called-${process.pid}-${threadId}`), '')
const answer = await answered.catch((error: unknown) => (isRiposteError(error) ? error.code : String(error)))
console.log(JSON.stringify(answer))

/** Leases that are soon over, where nobody can ask whether their holder lives: as on another host, or where the system tells nothing of threads. */
function withBriefLeases(inner: Store, disguise: Partial<Holder>): Store {
  const { values, calls, refs, leases } = inner
  if (leases === undefined) throw new Error('expected a store with leases')
  return {
    label: inner.label,
    values,
    calls,
    refs,
    leases: {
      shared: leases.shared,
      take: (key, { holder }) => leases.take(key, { ttlMs: 1000, holder: { ...holder, ...disguise } }),
      renew: lease => leases.renew(lease),
      release: (lease, outcome) => leases.release(lease, outcome),
      look: key => leases.look(key),
    },
    commit: batch => inner.commit(batch),
    close: () => inner.close(),
  }
}
