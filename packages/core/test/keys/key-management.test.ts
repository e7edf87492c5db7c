import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { asDigest, createCache, type Digest, intercept, type Store } from '../../src/index.ts'
import { testStore } from '../support/test-store.ts'

const keyOf = (digits: string, fill = '0'): Digest => asDigest(digits.padEnd(64, fill))

function cacheWith(keys: readonly Digest[], store: Store = testStore()) {
  // Whoever asks next comes after it, in stores that answer later too.
  void store.values.put(
    keys.map(key => ({ key, bytes: new Uint8Array(50) })),
    'keep',
  )
  return createCache(store)
}

const A = keyOf('aaaa1')
const B = keyOf('aaaa2')
const C = keyOf('bbbb')

describe.each([
  ['now', testStore],
  ['later', () => intercept(testStore(), async (_operation, next) => next())],
])('a store that answers %s', (_name, open) => {
  test('a prefix of one key expands to it', async () => {
    const { values } = cacheWith([A, B, C], open())
    expect(await values.expand('bbbb')).toBe(C)
    expect(await values.expand('aaaa1')).toBe(A)
    expect(await values.expand('AAAA1')).toBe(A)
    expect(await values.expand(A)).toBe(A)
    expect(await values.expand(A.toUpperCase())).toBe(A)
  })

  test('a prefix of several keys is ambiguous: the error names them and the length that tells them apart', async () => {
    const { values } = cacheWith([A, B, C], open())
    const error = await values.expand('aaaa').catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({
      code: 'ERR_AMBIGUOUS_DIGEST',
      details: { prefix: 'aaaa', candidates: [A, B], length: 5 },
    })
    expect(String(error)).toMatch(/aaaa1, aaaa2; give 5 digits/)
    await expect(values.evict('aaaa')).rejects.toMatchObject({ code: 'ERR_AMBIGUOUS_DIGEST' })
  })

  test('what is not there is not found: absent prefixes, absent keys, short prefixes, what is not hex, too many digits', async () => {
    const { values } = cacheWith([A, B, C], open())
    for (const key of ['cccc', keyOf('aaaa3'), 'aaa', '', 'xyz1', '../..', `${A}0`]) {
      await expect(values.expand(key), key).rejects.toMatchObject({ code: 'ERR_NOT_FOUND', details: { key } })
      expect(await values.contains(key), key).toBe(false)
      expect(await values.evict(key), key).toBe(false)
    }
    expect(await values.contains('aaaa')).toBe(true)
    expect(await values.contains('BBBB')).toBe(true)
    expect(await values.contains(C)).toBe(true)
  })

  test('evicting by key or prefix removes one entry and says so', async () => {
    const { values } = cacheWith([A, B, C], open())
    expect(await values.evict('aaaa1')).toBe(true)
    expect(await values.evict('aaaa1')).toBe(false)
    expect(await values.evict('aaaa')).toBe(true)
    expect(await values.contains(B)).toBe(false)
    expect(await values.contains(C)).toBe(true)
  })

  test('keys are listed ascending, by a prefix of any length', async () => {
    const { values } = cacheWith([C, B, A], open())
    const list = async (prefix?: string) => {
      const found: string[] = []
      for await (const { key, size } of values.list(prefix === undefined ? {} : { prefix })) {
        expect(size).toBe(50)
        found.push(key)
      }
      return found
    }
    expect(await list()).toEqual([A, B, C])
    expect(await list('a')).toEqual([A, B])
    expect(await list('AAAA2')).toEqual([B])
    expect(await list('zz')).toEqual([])
  })

  test('shrunk keys come back in the order given, with four digits or more', async () => {
    const { values } = cacheWith([A, B, C], open())
    expect(await values.shrink([C, A, B, C])).toEqual(['bbbb', 'aaaa1', 'aaaa2', 'bbbb'])
    expect(await values.shrink([])).toEqual([])
    expect(await values.shrink(['bbbb0'])).toEqual(['bbbb'])
    await values.evict(B)
    expect(await values.shrink([A])).toEqual(['aaaa'])
    await expect(values.shrink([A, B])).rejects.toMatchObject({ code: 'ERR_NOT_FOUND', details: { key: B } })
  })
})

test('a misspelt option of a listing is refused, not taken for a listing of all', async () => {
  const { values } = cacheWith([A, B, C])
  // @ts-expect-error
  const listing = values.list({ prefx: 'bbbb' })[Symbol.asyncIterator]()
  await expect(listing.next()).rejects.toThrow(/no option "prefx"/)
})

test('keys that are no text are refused with what to pass', async () => {
  const { values } = cacheWith([A])
  // @ts-expect-error a number is no key
  await expect(values.contains(3)).rejects.toThrow(/expected a key or its first digits as a string; got 3/)
  // @ts-expect-error a ref is no key
  await expect(values.expand({ digest: A })).rejects.toThrow(/pass its \.digest/)
  // @ts-expect-error one key is no array of keys
  await expect(values.shrink(A)).rejects.toThrow(/expected an array of keys/)
})

const nibbles = fc.string({ unit: fc.constantFrom('0', '1', 'f'), minLength: 1, maxLength: 8 })
const digestWith = fc.tuple(nibbles, fc.constantFrom('0', '5', 'f')).map(([digits, fill]) => keyOf(digits, fill))

test.each([
  ['few keys', 12],
  ['more keys than are listed by prefix', 120],
])('each shrunk key expands to its key, and no shorter one of four digits does: %s', async (_name, maxLength) => {
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(digestWith, { minLength: 1, maxLength }), async keys => {
      const { values } = cacheWith(keys)
      const short = await values.shrink(keys)
      for (const [i, prefix] of short.entries()) {
        expect(await values.expand(prefix)).toBe(keys[i])
        if (prefix.length > 4) {
          await expect(values.expand(prefix.slice(0, -1))).rejects.toMatchObject({ code: 'ERR_AMBIGUOUS_DIGEST' })
        }
      }
    }),
    { numRuns: 40 },
  )
})

test('a few keys are shrunk without listing all of them', async () => {
  const keys = Array.from({ length: 2000 }, (_, i) => keyOf(i.toString(16).padStart(4, '0')))
  const store = testStore()
  let listed = 0
  const values = {
    ...store.values,
    *list(options?: { readonly prefix?: string | undefined }) {
      for (const info of store.values.list(options)) {
        listed += 1
        yield info
      }
    },
  }
  const cache = cacheWith(keys, { ...store, values })
  expect(await cache.values.shrink(keys.slice(100, 103))).toEqual(['0064', '0065', '0066'])
  expect(listed).toBe(3)
})
