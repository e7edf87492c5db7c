import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MarkSet } from '../../src/cache/mark-set.ts'
import { digest, memoryStore } from '../../src/index.ts'
import { markingStore } from './marking-store.ts'

const batches = fc.array(fc.array(fc.nat(40), { maxLength: 30 }), { maxLength: 12 })

test.each(['a store that keeps marks', 'a store that does not'])(
  'it holds what a Set of the same digests holds, wherever they are: %s',
  async kind => {
    await fc.assert(
      fc.asyncProperty(batches, fc.nat(50), async (steps, atMost) => {
        const { store, sets } = markingStore()
        const marks = new MarkSet(kind === 'a store that does not' ? memoryStore().values : store.values, atMost)
        const model = new Set<string>()
        for (const keys of steps.map(step => step.map(n => digest(n)))) {
          const missing = keys.filter(key => !model.has(key))
          expect(await marks.missing(keys)).toEqual(missing)
          const added = await marks.add(keys)
          expect(added.toSorted()).toEqual([...new Set(missing)].sort())
          for (const key of keys) model.add(key)
          expect(marks.size).toBe(model.size)
        }
        const kept = sets.reduce((sum, { size }) => sum + size, 0)
        expect(kept).toBe(kind === 'a store that does not' ? 0 : Math.max(0, model.size - atMost))
        await marks.drop()
        expect(sets.filter(({ dropped }) => !dropped)).toEqual([])
      }),
    )
  },
)

test('what the store keeps it is told in batches of bounded size', async () => {
  const { store, sets } = markingStore()
  const marks = new MarkSet(store.values, 0)
  const keys = Array.from({ length: 2000 }, (_, i) => digest(i))
  expect(await marks.add(keys)).toEqual(keys)
  expect(sets).toMatchObject([{ size: 2000, largestBatch: 512 }])
  expect(await marks.missing([...keys, digest(-1)])).toEqual([digest(-1)])
})
