import { describe, expect, test } from 'vitest'
import {
  type CacheOptions,
  compressed,
  createCache,
  filePath,
  type LimitedOptions,
  limited,
  memoryStore,
} from '../src/index.ts'
import { shownValue } from '../src/shown-value.ts'

test.each<[unknown, string]>([
  ['10mb', '"10mb"'],
  ['', '""'],
  ['x'.repeat(1000), `"${'x'.repeat(60)}…"`],
  [5, '5'],
  [-0, '-0'],
  [Number.NaN, 'NaN'],
  [10n, '10n'],
  [true, 'true'],
  [undefined, 'undefined'],
  [null, 'null'],
  [Symbol('s'), 'Symbol(s)'],
  [{ path: 'x' }, 'an object'],
  [Object.create(null), 'an object'],
  [[1, 2], 'instance of Array'],
  [new Date(0), 'instance of Date'],
  [function named() {}, 'function named'],
])('value %# is shown', (value, shown) => {
  expect(shownValue(value)).toBe(shown)
})

test('nothing of a value is run', () => {
  const refuse = (): never => {
    throw new Error('run')
  }
  expect(shownValue({ toString: refuse, toJSON: refuse, [Symbol.toPrimitive]: refuse })).toBe('an object')
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  expect(shownValue(proxy)).toBe('revoked proxy')
})

describe('a refusal shows what came', () => {
  const cache = createCache(memoryStore())
  test.each<[string, () => unknown]>([
    [
      'expected bytes as a number; got "10mb"',
      () => limited(memoryStore(), { bytes: '10mb' } as object as LimitedOptions),
    ],
    ['expected bytes as a number; got "10mb"', () => cache.limit({ bytes: '10mb' } as object)],
    ['expected dryRun as true or false; got "yes"', () => cache.limit({ bytes: 1, dryRun: 'yes' } as object)],
    ['expected dryRun as true or false; got 1', () => cache.gc({ dryRun: 1 } as object)],
    ['expected grace as a number of milliseconds; got "1h"', () => cache.gc({ grace: '1h' } as object)],
    ['expected onProgress as a function; got true', () => cache.gc({ onProgress: true } as object)],
    ['expected repair as true or false; got an object', () => cache.fsck({ repair: {} } as object)],
    [
      'expected quarantine as true, false or a function; got "aside"',
      () => cache.fsck({ repair: true, quarantine: 'aside' } as object),
    ],
    [
      'expected hotFor as a number; got "5s"',
      () => createCache(memoryStore(), { hotFor: '5s' } as object as CacheOptions),
    ],
    [
      'expected hot as { entries, bytes } or false; got true',
      () => createCache(memoryStore(), { hot: true } as object),
    ],
    ['expected options as an object; got "brotli"', () => compressed(memoryStore(), 'brotli' as unknown as object)],
    ['expected an array of values; got 5', () => cache.values.saveAll(5 as unknown as [])],
    ['expected an array of keys; got "3f6c"', () => cache.values.shrink('3f6c' as unknown as [])],
    ['as a string; got 3', () => cache.values.contains(3 as unknown as string)],
    ['taker expects a path or a file: URL; got an object', () => filePath({ path: 'x' } as object as URL, 'taker')],
  ])('%s', async (message, refuse) => {
    await expect(async () => refuse()).rejects.toThrow(message)
  })
})
