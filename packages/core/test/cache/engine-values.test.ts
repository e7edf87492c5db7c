import { afterEach, expect, test, vi } from 'vitest'
import { engineOf } from '../../src/engine.ts'
import { createCache, digest, isRiposteError } from '../../src/index.ts'
import { testStore } from '../support/test-store.ts'
import { identity } from './support.ts'

afterEach(() => void vi.useRealTimers())

const large = Array.from({ length: 200 }, (_, i) => `row ${i}`)

/** A cache whose store answers now, with one call of this result. */
function withCall(options: { readonly expiresAt?: number; readonly threw?: boolean } = {}, result: unknown = large) {
  const cache = createCache(testStore(), { inlineBelow: 64 })
  const engine = engineOf(cache)
  const prepared = engine.prepare(identity, { values: [1], names: undefined })
  void engine.commit(prepared, result, { metadata: {}, replace: false, ...options })
  return { cache, engine, digest: prepared.digest }
}

test('values are saved and loaded at once where the store answers at once', () => {
  const { engine } = withCall()
  expect(engine.save(large)).toBe(digest(large))
  expect(engine.load(digest(large))).toEqual(large)
  expect(() => engine.load(digest('absent'))).toThrow(expect.objectContaining({ code: 'ERR_NOT_FOUND' }))
})

test('checkStored refuses a value that is not there whole', async () => {
  const { cache, engine } = withCall()
  void engine.checkStored(digest(large))
  const error = (() => {
    try {
      return engine.checkStored(digest('absent'))
    } catch (reason) {
      return reason
    }
  })()
  expect(isRiposteError(error, 'ERR_FALSE_REFERENCE')).toBe(true)
  await cache.values.save([large, 'more'])
  await cache.values.evict(digest(large))
  expect(() => engine.checkStored(digest([large, 'more']))).toThrow(
    expect.objectContaining({ code: 'ERR_FALSE_REFERENCE' }),
  )
})

test('linkable says for which values a reference may stand inside others', () => {
  const { engine } = withCall()
  void engine.save('small')
  expect(engine.linkable([digest(large), digest('small'), digest('absent')])).toEqual([true, false, undefined])
})

test('stored gives the record with its age, and whether the call threw', async () => {
  const { engine, digest: call, cache } = withCall({ expiresAt: 1.5e12, threw: true }, new RangeError('no'))
  expect(engine.stored(call)).toMatchObject({ digest: call, expiresAt: 1.5e12, threw: true })
  const record = await cache.calls.load(call)
  expect(record).toMatchObject({ expiresAt: 1.5e12, threw: true })
  await expect(record.result()).rejects.toEqual(new RangeError('no'))
  const plain = withCall()
  expect(await plain.cache.calls.load(plain.digest)).toMatchObject({ expiresAt: undefined, threw: false })
  expect(plain.engine.stored(engine.prepare(identity, { values: [2], names: undefined }).digest)).toBeUndefined()
})

test('a hot call is found without being built, and never past its age', () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  const { engine, digest: call } = withCall({ expiresAt: Date.now() + 1000 })
  const found = engine.find(call)
  if (found === undefined || found instanceof Promise) throw new Error('it is there now')
  engine.hot?.set(found)
  expect(engine.hot?.find(call)?.found).toBe(found)
  expect(engine.hot?.find(call)?.value()).toEqual(large)
  vi.setSystemTime(Date.now() + 1000)
  expect(engine.hot?.find(call)).toBeUndefined()
  engine.hot?.set(found)
  expect(engine.hot?.find(call)).toBeUndefined()
})
