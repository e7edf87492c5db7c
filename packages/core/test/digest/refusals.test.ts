import { describe, expect, test } from 'vitest'
import { digest } from '../../src/index.ts'

class Connection {}

describe('a refusal says what to do', () => {
  test.each([
    [
      'a promise',
      { answer: Promise.resolve(1) },
      'instance of Promise at .answer has no digest: it is not settled; await it first',
    ],
    [
      'an instance of a class that is not registered',
      [new Connection()],
      'instance of Connection at [0] has no digest: its class is not registered; ' +
        'register it with registerClass, or give it a [digestOf] method if it need not be stored',
    ],
    [
      'an object with another object for its prototype',
      Object.create({ inherited: 1 }),
      '[object Object] has no digest: it is no plain object; pass { ...it }, or register its class',
    ],
  ])('of %s', (_, value, message) => {
    expect(() => digest(value)).toThrow(message)
  })
})
