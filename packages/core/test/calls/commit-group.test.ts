import { expect, test } from 'vitest'
import { CommitGroup } from '../../src/calls/commit-group.ts'
import { type Batch, digest, intercept, memoryStore, type Store } from '../../src/index.ts'
import { NO_TERMS } from '../support/no-terms.ts'
import { testStore } from '../support/test-store.ts'

const batch = (name: string, mode: Batch['mode'] = 'absent', size = 10): Batch => ({
  values: [{ key: digest(`value of ${name}`), bytes: new Uint8Array(size) }],
  calls: [{ key: digest(name), bytes: new TextEncoder().encode(`call ${name}`), terms: NO_TERMS }],
  mode,
})

/** A store, and how many records each commit to it held. */
function counted(fails: (batch: Batch) => boolean = () => false, inner = testStore()) {
  const sizes: number[] = []
  const store: Store = {
    ...inner,
    commit(given) {
      sizes.push(given.calls.length)
      if (fails(given)) throw new Error('no')
      return inner.commit(given)
    },
  }
  return { store, inner, sizes }
}

test('what is committed in one turn is one commit, and each learns what stood there', async () => {
  const { store, inner, sizes } = counted()
  inner.commit(batch('b'))
  const group = new CommitGroup(store)
  const results = await Promise.all(['a', 'b', 'c'].map(async name => group.commit(batch(name))))
  expect(sizes).toEqual([3])
  expect(results.map(({ calls }) => calls.map(stood => stood && new TextDecoder().decode(stood)))).toEqual([
    [undefined],
    ['call b'],
    [undefined],
  ])
  await group.commit(batch('d'))
  expect(sizes).toEqual([3, 1])
})

test('leases are ended together too, where the store does that', async () => {
  const { store } = counted(undefined, memoryStore())
  const ended: string[] = []
  const ending: Store = {
    ...store,
    async commit(given) {
      ended.push((given.releases ?? []).map(({ key }) => key).join())
      return { ...(await store.commit(given)), released: true }
    },
  }
  const under = (name: string): Batch => ({
    ...batch(name),
    releases: [{ key: name, epoch: 1, token: '0'.repeat(16) }],
  })
  for (const [to, released] of [
    [store, undefined],
    [ending, true],
  ] as const) {
    const group = new CommitGroup(to)
    const results = await Promise.all(['a', 'b', 'c'].map(async name => group.commit(under(name))))
    expect(results.map(result => result.released)).toEqual([released, released, released])
  }
  expect(ended).toEqual(['a,b,c'])
})

test('commits of two modes are two, and so are commits that are large together', async () => {
  const { store, sizes } = counted()
  const group = new CommitGroup(store)
  await Promise.all([
    group.commit(batch('a')),
    group.commit(batch('b', 'replace')),
    group.commit(batch('c', 'replace')),
  ])
  expect(sizes).toEqual([1, 2])
  await Promise.all(['d', 'e', 'f'].map(async name => group.commit(batch(name, 'absent', 400_000))))
  expect(sizes).toEqual([1, 2, 2, 1])
})

test('one that fails fails alone', async () => {
  const bad = digest('bad')
  const { store, inner } = counted(({ calls }) => calls.some(({ key }) => key === bad))
  const group = new CommitGroup(store)
  const ended = await Promise.allSettled(['a', 'bad', 'c'].map(async name => group.commit(batch(name))))
  expect(ended.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(inner.calls.has([digest('a'), bad, digest('c')])).toEqual([true, false, true])
})

test('with a store that answers later each commit is its own, the first turn aside', async () => {
  const { store, sizes } = counted()
  const group = new CommitGroup(
    intercept(store, async (_operation, next) => {
      await new Promise(setImmediate)
      return next()
    }),
  )
  await Promise.all(['a', 'b'].map(async name => group.commit(batch(name))))
  await Promise.all(['c', 'd'].map(async name => group.commit(batch(name))))
  expect(sizes).toEqual([2, 1, 1])
})
