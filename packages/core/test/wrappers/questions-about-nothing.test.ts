import { describe, expect, test } from 'vitest'
import {
  type Backend,
  createCache,
  type Digest,
  intercept,
  isPromise,
  type MaybePromise,
  pool,
  readOnly,
  type Store,
  tiered,
} from '../../src/index.ts'
import { failingStore, large, laterStore } from '../cache/support.ts'
import { testStore } from '../support/test-store.ts'

// Nobody lacks anything of it, and it is asked of all: so the answer tells whether all answer now.

const now = (): Store => testStore()
const later = (): Store => laterStore()

const STACKS: Readonly<Record<string, (first: Store, second: Store) => Store>> = {
  'two tiers': (near, last) => tiered([near, last]),
  'a store before one that is only read': (own, behind) => tiered([own, readOnly(behind)]),
  'a pool': (one, other) => pool([one, other]),
  'tiers that are only read': (one, other) => tiered([readOnly(one), readOnly(other)]),
}

const QUESTIONS: readonly (readonly [string, (backend: Backend) => MaybePromise<readonly unknown[]>])[] = [
  ['get', backend => backend.get([])],
  ['get of first bytes', backend => backend.get([], { upTo: 40 })],
  ['has', backend => backend.has([])],
]
const TOUCH = ['touch', (backend: Backend) => backend.touch([])] as const

describe.each(Object.entries(STACKS))('%s', (_name, stack) => {
  const questions = stack(now(), now()).readOnly ? QUESTIONS : [...QUESTIONS, TOUCH]

  test.each(questions)('%s of nothing is answered now where all answer now, later where one does', async (_, ask) => {
    for (const side of ['values', 'calls'] as const) {
      expect(ask(stack(now(), now())[side])).toEqual([])
      for (const store of [stack(now(), later()), stack(later(), now())]) {
        const answer = ask(store[side])
        expect(isPromise(answer)).toBe(true)
        expect(await answer).toEqual([])
      }
    }
  })

  test('after a hit that the first answered now it is still asked of all', async () => {
    const first = testStore()
    const key = await createCache(first).values.save(large('ab'))
    const { values } = stack(first, later())
    for (let i = 0; i < 2; i += 1) expect(isPromise(values.get([key]))).toBe(false)
    expect(isPromise(values.get([]))).toBe(true)
  })
})

test('of nothing, too, the near tier that fails is passed over, and told of; the last is not', () => {
  const told: string[] = []
  const broken = () => failingStore(testStore(), ({ intent, name }) => name !== 'close' && intent === 'read')
  const store = tiered([broken(), testStore()], { onFailure: ({ operation }) => told.push(operation) })
  for (const [, ask] of QUESTIONS) expect(ask(store.values)).toEqual([])
  expect(told).toEqual(['get', 'get', 'has'])
  for (const [, ask] of QUESTIONS) {
    expect(() => ask(tiered([testStore(), broken()]).values)).toThrow(expect.objectContaining({ code: 'ERR_BACKEND' }))
  }
})

test('who joins the read of another asks nobody of nothing', async () => {
  const asked: (readonly Digest[])[] = []
  const shared = testStore()
  const key = await createCache(shared).values.save(large('ab'))
  const behind = intercept(laterStore(shared), ({ name, keys }, next) => {
    if (name === 'get') asked.push(keys)
    return next()
  })
  for (const store of [tiered([testStore(), readOnly(behind)]), tiered([testStore(), behind])]) {
    asked.length = 0
    await Promise.all(Array.from({ length: 2 }, async () => store.values.get([key])))
    expect(asked).toEqual([[key]])
  }
})
