/** What is listed of directories that hold more than a page, beside others that hold little or nothing. */
import { mkdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { asDigest, type ListOptions } from '@riposte/core'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fsStore } from '../src/index.ts'
import { hashed, keyFrom, listed, text } from './samples.ts'

/** Two pages and a part of one in a directory, and one in each of some others. */
const KEYS = [
  ...Array.from({ length: 600 }, (_, n) => asDigest(`7a${hashed(text(`crowd ${n}`)).key.slice(2)}`)),
  ...Array.from({ length: 60 }, (_, n) => hashed(text(`single ${n}`)).key),
].sort()

let root = ''

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'riposte-fs-listing-'))
  const { values } = fsStore(root, { sync: true })
  values.put(
    KEYS.map(key => ({ key, bytes: text('value') })),
    'keep',
  )
  for (const pair of ['00', 'ff']) mkdirSync(join(root, 'v2/values', pair), { recursive: true })
})

afterAll(() => rm(root, { recursive: true }))

const anyKey = fc.oneof(
  fc.constantFrom(...KEYS),
  fc.nat(2 ** 32 - 1).map(number => keyFrom(number.toString(16).padStart(8, '0'))),
)
const anyOptions: fc.Arbitrary<ListOptions> = fc.record(
  {
    prefix: fc.tuple(anyKey, fc.constantFrom(0, 1, 2, 3, 4, 63, 64)).map(([key, digits]) => key.slice(0, digits)),
    after: anyKey,
  },
  { requiredKeys: [] },
)

describe.each([{}, { sync: true }])('fsStore(root, %o)', options => {
  test('every key that is asked for is listed once, in order', async () => {
    const { values } = fsStore(root, options)
    await fc.assert(
      fc.asyncProperty(anyOptions, async asked => {
        const { prefix = '', after = '' } = asked
        const found = (await listed(values.list(asked))).map(({ key }) => key)
        expect(found).toEqual(KEYS.filter(key => key > after && key.startsWith(prefix)))
      }),
      { numRuns: 60 },
    )
  })

  test('what is removed while a directory is being listed is not told of when its page comes', async () => {
    const { values } = fsStore(root, options)
    const [first, last] = [KEYS.find(key => key.startsWith('7a'))!, KEYS.findLast(key => key.startsWith('7a'))!]
    const keys: string[] = []
    for await (const { key } of values.list({ prefix: '7a' })) {
      if (key === first) await values.delete([{ key: last }])
      keys.push(key)
    }
    await values.put([{ key: last, bytes: text('value') }], 'keep')
    expect(keys).toEqual(KEYS.filter(key => key.startsWith('7a') && key !== last))
  })
})
