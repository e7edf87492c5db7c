import {
  type CallRecord,
  type CallTemplate,
  createCache,
  type Digest,
  type FindOptions,
  filtered,
  isCallIndex,
  type Query,
  type Store,
} from '@riposte/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anyTemplate } from '../../../core/test/support/any-template.ts'
import { fillWithCalls } from '../../../core/test/support/templates.ts'
import { STORES, withStore } from './stores.ts'

const keysOf = async (entries: AsyncIterable<{ key: Digest }> | Iterable<{ key: Digest }>): Promise<Digest[]> => {
  const keys: Digest[] = []
  for await (const { key } of entries) keys.push(key)
  return keys
}

// The digest of a call is the key of its record.
const digestsOf = (query: Query<CallRecord>): Promise<Digest[]> =>
  query.map(call => call.digest as string as Digest).toArray()

const isNow = (answer: unknown): boolean => !(answer instanceof Promise)

/** That a view by a template shows what a query for it finds, to every read, and as soon as the store answers. */
async function expectSame(store: Store, template: CallTemplate, other: CallTemplate): Promise<void> {
  const { calls } = createCache(store)
  const all = await keysOf(store.calls.list())
  const found = await digestsOf(calls.query(template))
  const isFound = all.map(key => found.includes(key))

  const view = filtered(store, template)
  const got = view.calls.get(all)
  const has = view.calls.has(all)
  const listed = view.calls.list()
  if (isNow(store.calls.get([])) && isNow(store.values.get([]))) {
    expect([isNow(got), isNow(has), Symbol.iterator in listed]).toEqual([true, true, true])
  }
  expect(await keysOf(listed)).toEqual(found)
  expect(await has).toEqual(isFound)
  const stored = await store.calls.get(all)
  expect(await got).toEqual(stored.map((bytes, i) => (isFound[i] ? bytes : undefined)))

  const viewed = createCache(view).calls
  expect(await digestsOf(viewed.query())).toEqual(found)
  const both = (await digestsOf(calls.query(other))).filter(key => found.includes(key))
  expect(await digestsOf(viewed.query(other))).toEqual(both)
  expect(await digestsOf(viewed.query(other).orderBy('startedAt', 'desc').take(2))).toEqual(
    (await digestsOf(calls.query(other).orderBy('startedAt', 'desc'))).filter(key => found.includes(key)).slice(0, 2),
  )
  if (!isCallIndex(store.calls) || !isCallIndex(view.calls)) return
  const after = { key: all[10]!, value: 1 }
  const finds: readonly FindOptions[] = [
    { where: [] },
    { where: [{ field: 'name', equals: 'f' }], limit: 1 },
    { where: [], order: { by: 'key', direction: 'desc' }, limit: 5 },
    { where: [], order: { by: '/runtime/startedAt', direction: 'asc' }, after },
    { where: [], order: { by: 'name', direction: 'desc' }, after: { ...after, value: 'f' } },
  ]
  for (const options of finds) {
    const expected = (await keysOf(store.calls.find({ ...options, limit: undefined }))).filter(key =>
      found.includes(key),
    )
    const answer = view.calls.find(options)
    if (isNow(store.calls.get([]))) expect(Symbol.iterator in answer).toBe(true)
    expect(await keysOf(answer)).toEqual(expected.slice(0, options.limit))
  }
}

const ENGINES = ['memory', 'files', 'files, synchronous', 'SQLite']

describe.each(STORES.filter(([name]) => ENGINES.includes(name)))('a view by a template, of %s', (_name, open) => {
  test('shows what a query finds, also to a query for another', () =>
    withStore(open, async store => {
      await fillWithCalls(createCache(store, { inlineBelow: 1000 }))
      await fc.assert(
        fc.asyncProperty(anyTemplate, anyTemplate, (template, other) => expectSame(store, template, other)),
        { numRuns: 20 },
      )
    }))
})
