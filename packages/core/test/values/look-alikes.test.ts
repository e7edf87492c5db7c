// Both sides of every pair that is easily taken for one another, through a store and back.
import { describe, expect, test } from 'vitest'
import { createCache, digest, isRiposteError, memoryStore } from '../../src/index.ts'
import { evaluate, registry, rows } from '../support/look-alikes.ts'
import { deepStrictEqual } from '../support/oracle.ts'
import { testStore } from '../support/test-store.ts'

// A ref stands for a value that is there; the one in the table claims what is too small to be referred to.
const expressions = [...new Set(rows.flatMap(({ a, b }) => [a, b]))].filter(text => !text.startsWith('ref('))

/** Where the oracle, of some runtimes at least, judges otherwise than digests do: spec/digest.md says why. */
const deviations = new Set(rows.filter(({ deviation }) => deviation !== '').flatMap(({ a, b }) => [a, b]))

/** Whether the oracle finds two values equal; it has no room for the deepest. */
function isEqual(a: unknown, b: unknown): boolean {
  try {
    return deepStrictEqual(a, b)
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}

const isRefusal = (error: unknown): boolean =>
  isRiposteError(error, 'ERR_UNDIGESTIBLE') || isRiposteError(error, 'ERR_CYCLIC')

function digestOrRefusal(value: unknown): string {
  try {
    return digest(value, { registry })
  } catch (error) {
    if (isRefusal(error)) return 'refused'
    throw error
  }
}

describe.each([0, 100, 1024, 4096])('split above %d bytes', inlineBelow => {
  test('each side is loaded as it was saved, under its digest, or refused as its digest is', async () => {
    const opened = createCache(testStore(), { inlineBelow, registry })
    // What is nested so deep is up to twenty thousand entries.
    const roomy = createCache(memoryStore(), { inlineBelow, registry })
    const unlike: string[] = []
    const deviating: string[] = []
    let refused = 0
    for (const expression of expressions) {
      const { values } = expression.startsWith('nest(') ? roomy : opened
      const value = evaluate(expression)
      const key = await values.save(value).catch(error => (isRefusal(error) ? 'refused' : Promise.reject(error)))
      expect([expression, key]).toEqual([expression, digestOrRefusal(value)])
      if (key === 'refused') {
        refused += 1
        continue
      }
      const loaded = await values.load(key)
      if (!deviations.has(expression) && isEqual(evaluate(expression), value)) {
        if (!isEqual(loaded, value)) unlike.push(expression)
      } else {
        // Or the oracle does not even find it equal to itself, made twice.
        if (!deviations.has(expression)) deviating.push(expression)
        if (digestOrRefusal(loaded) !== key) unlike.push(expression)
      }
      // Else an equal value would be loaded in the form of this one.
      await values.evict(key)
    }
    expect(unlike).toEqual([])
    expect(refused).toBeGreaterThan(0)
    // Invalid Dates, Errors with objects for a message, other realms, and depth.
    expect(deviating.length).toBeLessThan(10)
    expect(expressions.length - refused).toBeGreaterThan(500)
  })
})

test('both sides of a pair are stored beside each other: what differs stays two values, what is one stays one', async () => {
  const { values } = createCache(testStore(), { inlineBelow: 100, registry })
  for (const { a, b, digests } of rows) {
    if (digests === 'refused' || [a, b].some(text => /^(ref|nest)\(/.test(text))) continue
    const [one, two] = await values.saveAll([evaluate(a), evaluate(b)])
    expect([a, b, one === two]).toEqual([a, b, digests === 'same'])
    expect([a, await values.contains(one!), b, await values.contains(two!)]).toEqual([a, true, b, true])
  }
})
