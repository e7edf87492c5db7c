import { setTimeout as sleep } from 'node:timers/promises'
import { run, wait } from '@riposte/core'
import { expect, test } from 'vitest'
import { inParallel } from '../src/in-parallel.ts'

const NUMBERS = Array.from({ length: 100 }, (_, index) => index)

test('steps that need not wait are answered now', () => {
  const doubled = run(inParallel(NUMBERS, number => wait(number * 2)))
  expect(doubled).toEqual(NUMBERS.map(number => number * 2))
})

test('results come in the order of the items, and no more than 16 are under way', async () => {
  let underWay = 0
  let most = 0
  const results = await run(
    inParallel(NUMBERS, function* (number) {
      most = Math.max(most, ++underWay)
      yield* wait(sleep((number * 7) % 5))
      underWay--
      return number
    }),
  )
  expect(results).toEqual(NUMBERS)
  expect(most).toBe(16)
})

test('after a failure nothing is begun, and what is under way is waited for', async () => {
  let begun = 0
  let ended = 0
  const failing = run(
    inParallel(NUMBERS, function* (number) {
      begun++
      yield* wait(sleep(1))
      if (number === 20) throw new Error('20')
      yield* wait(sleep(1))
      ended++
    }),
  )
  await expect(failing).rejects.toThrow('20')
  expect(ended).toBe(begun - 1)
  expect(begun).toBeLessThan(50)
})
