import { isDeepStrictEqual } from 'node:util'
import { createCache, type Digest, digest, isRiposteError, ref } from '@riposte/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { deepStrictEqual } from '../../../core/test/support/oracle.ts'
import { pairs, values } from '../../../core/test/support/values.ts'
import { contents, STORES, withStore } from './stores.ts'

const settings = fc.constantFrom(0, 1, 64, 4096, 1_000_000)
/** Small parts that take more than the link threshold together. */
const wide = Array.from({ length: 200 }, (_, i) => `part ${i}`)

/** Keys and members in their order, which deep equality does not look at. */
function order(value: unknown): string {
  return JSON.stringify(value, (_key, part) => {
    if (['bigint', 'symbol'].includes(typeof part) || part instanceof BigInt) return String(part)
    return part instanceof Map || part instanceof Set ? [...part] : part
  })
}

describe.each(STORES)('values in %s', (_name, open) => {
  test('law 1: two values have one address exactly if they are deep-equal', () =>
    withStore(open, async store => {
      const { values: storage } = createCache(store)
      await fc.assert(
        fc.asyncProperty(pairs, async ([a, b]) => {
          expect((await storage.save(a)) === (await storage.save(b))).toBe(deepStrictEqual(a, b))
        }),
        { numRuns: 150 },
      )
    }))

  test('law 2: what is refused leaves the store as it was', () =>
    withStore(open, async store => {
      const { values: storage } = createCache(store, { inlineBelow: 0 })
      await storage.save({ a: wide })
      const before = await contents(store)
      await fc.assert(
        fc.asyncProperty(
          values,
          fc.constantFrom(() => 1, Symbol('own'), new WeakMap(), Promise.resolve()),
          async (value, bad) => {
            const saving = storage.save([value, { deep: [bad] }])
            await expect(saving).rejects.toMatchObject({ code: 'ERR_UNDIGESTIBLE', details: { path: '[1].deep[0]' } })
          },
        ),
        { numRuns: 30 },
      )
      expect(await contents(store)).toEqual(before)
    }))

  test('laws 3 and 4: what was saved is loaded, under its digest, in the order it came, for every inlineBelow', () =>
    withStore(open, async store => {
      await fc.assert(
        fc.asyncProperty(values, settings, settings, async (value, writing, reading) => {
          const key = await createCache(store, { inlineBelow: writing }).values.save(value)
          expect(key).toBe(digest(value))
          const loaded = await createCache(store, { inlineBelow: reading }).values.load(key)
          expect(isDeepStrictEqual(loaded, value)).toBe(true)
        }),
        { numRuns: 150 },
      )
    }))

  test('law 3: the first saver of a value gets its own order back', () =>
    fc.assert(
      fc.asyncProperty(values, settings, (value, inlineBelow) =>
        withStore(open, async store => {
          const { values: storage } = createCache(store, { inlineBelow })
          expect(order(await storage.load(await storage.save(value)))).toBe(order(value))
        }),
      ),
      { numRuns: 25 },
    ))

  test('law 3: changing what was loaded, or what was saved, changes nothing that is stored', () =>
    withStore(open, async store => {
      const { values: storage } = createCache(store)
      const value = { list: [1, { a: wide.slice() }], bytes: new Uint8Array([1, 2, 3]), map: new Map([['k', [1]]]) }
      const original = structuredClone(value)
      const key = await storage.save(value)
      value.bytes[0] = 9
      value.list.push(3)
      const first = (await storage.load(key)) as typeof value
      expect(first).toEqual(original)
      first.bytes[1] = 9
      first.map.clear()
      expect(await storage.load(key)).toEqual(original)
    }))

  test('law 5: a reference to a stored part stands for it', () =>
    withStore(open, async store => {
      const { values: storage } = createCache(store)
      await fc.assert(
        fc.asyncProperty(values, values, async (a, b) => {
          const part = [a, ...wide]
          const partKey = await storage.save(part)
          const key = await storage.save({ b, part: ref(partKey) })
          expect(key).toBe(digest({ b, part }))
          expect(isDeepStrictEqual(await storage.load(key), { b, part })).toBe(true)
        }),
        { numRuns: 50 },
      )
    }))

  test('law 5: a false claim is refused, and nothing is written', () =>
    withStore(open, async store => {
      const { values: storage } = createCache(store)
      const small = await storage.save('small')
      const before = await contents(store)
      const absent = digest(['absent', ...wide])
      for (const claim of [absent, small] as readonly Digest[]) {
        const saving = storage.save({ rows: [1, ref(claim)], other: wide })
        await expect(saving).rejects.toMatchObject({
          code: 'ERR_FALSE_REFERENCE',
          details: { digest: claim, path: '.rows[1]' },
        })
      }
      expect(await contents(store)).toEqual(before)
    }))

  test('law 6: a changed byte is never served, and the next save heals', () =>
    withStore(open, async store => {
      const { values: storage } = createCache(store, { inlineBelow: 64, onWarning: () => {} })
      const value = { a: wide, b: new Map([[1, wide]]), c: 'text' }
      const key = await storage.save(value)
      const keys: Digest[] = []
      for await (const entry of store.values.list()) keys.push(entry.key)
      await fc.assert(
        fc.asyncProperty(fc.nat(), fc.nat(), fc.constantFrom('flip', 'cut', 'swap'), async (which, where, how) => {
          const target = keys[which % keys.length]!
          const [bytes, other] = await store.values.get([target, keys[(which + 1) % keys.length]!])
          let bad = bytes!.slice()
          if (how === 'flip') bad[where % bad.length]! ^= 1 << (where % 8)
          else bad = how === 'cut' ? bad.slice(0, where % bad.length) : other!.slice()
          await store.values.put([{ key: target, bytes: bad }], 'replace')
          // A changed format number is no corruption: it is left alone, and says so.
          const codes = ['ERR_CORRUPT', 'ERR_NOT_FOUND', 'ERR_UNKNOWN_FORMAT']
          const failure = await storage.load(key).then(
            loaded => expect(isDeepStrictEqual(loaded, value)).toBe(true),
            (error: unknown) => error,
          )
          expect(codes.some(code => isRiposteError(failure) && failure.code === code)).toBe(true)
          if (isRiposteError(failure, 'ERR_UNKNOWN_FORMAT')) await store.values.delete([{ key: target }])
          expect(await storage.save(value)).toBe(key)
          expect(isDeepStrictEqual(await storage.load(key), value)).toBe(true)
        }),
        { numRuns: 60 },
      )
    }))
})
