import { expect, test } from 'vitest'
import { digest } from '../../src/index.ts'
import { savesInFlight } from '../../src/inside/saves-in-flight.ts'
import { testStore } from '../support/test-store.ts'

const [a, b, c, d] = ['a', 'b', 'c', 'd'].map(name => digest(name))

test('a watch sees what was in flight when it began and all that takes off later, each once', () => {
  const saves = savesInFlight(testStore())
  const first = saves.begin([a!])
  const held = saves.beginForgettable([b!])
  const ended = saves.begin([d!])
  ended.end()
  const watch = saves.watch()
  expect(watch.takeNew()).toEqual([a, b])
  expect(watch.takeNew()).toEqual([])
  first.end()
  first.end()
  saves.begin([a!, c!]).end()
  expect(watch.takeNew()).toEqual([c])
  held.add([d!])
  expect(watch.takeNew()).toEqual([d])
  watch.stop()
  saves.begin([digest('e')])
  expect(watch.takeNew()).toEqual([])
})

test('what ended before a watch began is not seen', () => {
  const saves = savesInFlight(testStore())
  saves.begin([a!]).end()
  saves.beginForgettable([b!]).end()
  expect(saves.watch().takeNew()).toEqual([])
})

test('caches over one store share what is in flight, over two they do not', () => {
  const store = testStore()
  savesInFlight(store).begin([a!])
  expect(savesInFlight(store).watch().takeNew()).toEqual([a])
  expect(savesInFlight(testStore()).watch().takeNew()).toEqual([])
})
