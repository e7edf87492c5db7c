import { describe, expect, test } from 'vitest'
import { checkOptionNames, createCache, memoryStore } from '../src/index.ts'

const NAMES = ['namespace', 'maxAge', 'durable', 'grace', 'key']

describe('an option that does not exist', () => {
  test.each([
    ['MAXAGE', 'maxAge'],
    ['nmespace', 'namespace'],
    ['namespaces', 'namespace'],
    ['durabel', 'durable'],
    ['graze', 'grace'],
  ])('%s is refused with the name that was probably meant', (given, meant) => {
    expect(() => checkOptionNames({ [given]: 1 }, NAMES)).toThrow(
      new TypeError(`there is no option "${given}"; did you mean ${meant}?`),
    )
  })

  test('that is near to none is refused with all that there are', () => {
    expect(() => checkOptionNames({ verbose: true }, NAMES)).toThrow(
      new TypeError('there is no option "verbose"; expected namespace, maxAge, durable, grace, key'),
    )
  })

  test('is refused however long it is', () => {
    const name = 'x'.repeat(1_000_000)
    expect(() => checkOptionNames({ [name]: true }, NAMES)).toThrow(/; expected namespace, maxAge/)
  })

  test('of a verb is refused before anything is done', async () => {
    await using cache = createCache(memoryStore())
    // Wrong on purpose: the types refuse it where they see it.
    await expect(cache.gc({ dryrum: true } as object)).rejects.toThrow('did you mean dryRun?')
  })
})
