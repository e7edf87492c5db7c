import { intercept, matchesTerms, perKeyLock, serializing } from '@riposte/core'
import { callIndexConformance, storeConformance } from '@riposte/testkit'
import { describe, expect, test } from 'vitest'
import { aTurnLater } from '../../core/test/support/answering-later.ts'
import { CONDITIONS } from '../src/call-index/conditions.ts'
import { RECORDS } from '../src/call-index/records.ts'
import { indexedStore } from './indexed-store.ts'
import { scanningIndex } from './scanning-index.ts'

const indexes = {
  'a scanning index': () => scanningIndex(),
  'an intercepted index that answers later': () => intercept(scanningIndex(), aTurnLater),
  'an index under perKeyLock': () => perKeyLock(scanningIndex()),
  'an index under serializing': () => serializing(scanningIndex()),
}

for (const [name, open] of Object.entries(indexes)) {
  describe(name, () => {
    for (const one of callIndexConformance({ open })) test(one.name, one.run)
  })
}

describe('a store whose calls can be searched', () => {
  for (const one of storeConformance({ open: () => perKeyLock(indexedStore()) })) test(one.name, one.run)
})

describe('the table of searches', () => {
  const finds = (where: (typeof CONDITIONS)[string]) =>
    RECORDS.filter(record => matchesTerms(record.terms, where)).length

  // What is to find nothing, and why a sloppy engine would find something, is said by its name.
  const NOTHING = [
    'a name that nobody has',
    'an argument of another name',
    'two names at once',
    'a result that nobody has',
    'the presence of a third position',
    'a name in another case',
    'the presence of a name in another case',
    'an argument of two values at once',
    'a path that is the end of another',
    'a part of a result that nobody has',
    'a part of a result that stands elsewhere in it',
    'a part of a result, and metadata that no such call has',
    'a path in a result that is the end of another',
    'a path in a result that is the start of another',
    'the presence of a part of a result that nobody has',
    'the presence of a path that is the start of another',
    'a value that stands elsewhere in the argument',
    'metadata that is no scalar against any test',
    'numbers in a range that is empty',
    'one of none',
    'an equal that is out of the range',
  ]

  test.each(Object.entries(CONDITIONS))('%s tells records apart', (name, where) => {
    const count = finds(where)
    if (NOTHING.includes(name)) expect(count).toBe(0)
    else if (where.length === 0) expect(count).toBe(RECORDS.length)
    else {
      expect(count).toBeGreaterThan(0)
      expect(count).toBeLessThan(RECORDS.length)
    }
  })

  test('what is to find nothing is in the table', () => {
    expect(Object.keys(CONDITIONS)).toEqual(expect.arrayContaining(NOTHING))
  })

  test('no two records have one key', () => {
    expect(new Set(RECORDS.map(record => record.key)).size).toBe(RECORDS.length)
  })
})
