// Sound seals around bytes that nobody encoded: every way through them ends in a typed error, and ends.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sealEntry } from '../../src/codec/entry.ts'
import { addLinkItem, LINK_BYTES } from '../../src/codec/stored-form.ts'
import { createCache, createRegistry, digest, isRiposteError, type Lazy, memoryStore } from '../../src/index.ts'
import { corpus, hex, payloadOf } from '../support/hostile.ts'

const key = digest('key of bytes that somebody made up')

async function handleOf(payload: Uint8Array): Promise<Lazy<unknown>> {
  const store = memoryStore()
  store.values.put([sealEntry(key, { linkable: true, formOf: undefined, links: [], payload })], 'keep')
  return createCache(store, { registry: createRegistry(), onWarning: () => {} }).values.lazy<unknown>(key)
}

/** Uses all that a handle offers, and those of its parts; what fails must fail as it is documented. */
async function explore(lazy: Lazy<unknown>, depth = 0): Promise<number> {
  let steps = 0
  const tries = [
    () => lazy.type(),
    () => lazy.size(),
    () => lazy.slice(1, 3),
    () => lazy.at(0),
    () => lazy.at('a'),
    async () => {
      for (const name of (await lazy.keys()).slice(0, 5)) await lazy.at(name)
    },
    async () => {
      let count = 0
      for await (const item of lazy) {
        count += 1
        if (count > 5) break
        const part = (Array.isArray(item) ? item[1] : item) as Lazy<unknown>
        if (depth < 3) steps += await explore(part, depth + 1)
      }
    },
    () => lazy.load(),
  ]
  for (const attempt of tries) {
    try {
      await attempt()
    } catch (error) {
      if (!isRiposteError(error) && !(error instanceof TypeError && error.message.startsWith('expected '))) throw error
    }
    steps += 1
  }
  return steps
}

describe('bytes that nobody encoded', () => {
  test('after a change of any byte', () =>
    fc.assert(
      fc.asyncProperty(fc.constantFrom(...corpus), fc.nat(), fc.nat(255), async (value, where, byte) => {
        const payload = payloadOf(value)
        payload[where % payload.length] = byte
        expect(await handleOf(payload).then(explore, rethrowOthers)).toBeGreaterThanOrEqual(0)
      }),
      { numRuns: 600 },
    ))

  test('of any kind', () =>
    fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 30 }), async payload => {
        expect(await handleOf(payload).then(explore, rethrowOthers)).toBeGreaterThanOrEqual(0)
      }),
      { numRuns: 300 },
    ))

  test.each([
    ['tags in tags without end', hex('d95251'.repeat(100_000))],
    ['boxes in boxes', hex('d9525b'.repeat(100_000))],
    ['extra properties of extra properties', hex(`d9525e82a0${'d9525e82a0'.repeat(50_000)}80`)],
    ['a count beyond the end', hex('9b001fffffffffffff00')],
    ['half an element', hex('d8564101')],
    ['more holes than an array can have', hex('82d952521affffffffd9525201')],
    ['a Map with a key alone', hex('d952538101')],
    ['an object with a number for a name', hex('a10101')],
  ])('such as %s', async (_name, payload) => {
    const lazy = await handleOf(payload)
    await expect(lazy.size()).rejects.toSatisfy(
      error => isRiposteError(error, 'ERR_CORRUPT') || error instanceof TypeError,
    )
    expect(await explore(lazy)).toBeGreaterThan(0)
  })

  test('a link to itself', async () => {
    const link = new Uint8Array(LINK_BYTES)
    addLinkItem(link, 0, key)
    await expect(handleOf(link)).rejects.toMatchObject({ code: 'ERR_CORRUPT', details: { key } })
  })
})

function rethrowOthers(error: unknown): number {
  if (isRiposteError(error)) return 0
  throw error
}
