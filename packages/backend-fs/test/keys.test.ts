import type { Digest, MaybePromise, Store } from '@riposte/core'
import { describe, expect, test } from 'vitest'
import { NO_TERMS } from '../../core/test/support/no-terms.ts'
import { fsStore } from '../src/index.ts'
import { directory } from './directory.ts'
import { keyFrom, listed, text } from './samples.ts'
import { tree } from './tree.ts'

const BAD = [
  '',
  '..',
  '../../../etc/passwd',
  `../${'a'.repeat(61)}`,
  `aa/bb/${'a'.repeat(58)}`,
  'A'.repeat(64),
  'a'.repeat(63),
  'a'.repeat(65),
  `${'a'.repeat(64)}\n`,
  `${'a'.repeat(63)}\0`,
  'g'.repeat(64),
  undefined,
  null,
  1,
  ['a'.repeat(64)],
]

const GOOD = keyFrom('aa')

const USES: readonly [string, (store: Store, key: Digest) => MaybePromise<unknown>][] = [
  ['get', (store, key) => store.values.get([GOOD, key])],
  ['has', (store, key) => store.values.has([GOOD, key])],
  ['touch', (store, key) => store.calls.touch([GOOD, key])],
  ['delete', (store, key) => store.values.delete([{ key: GOOD }, { key }])],
  ['put', (store, key) => store.values.put([entry(GOOD), entry(key)], 'replace')],
  ['commit values', (store, key) => store.commit({ values: [entry(key)], calls: [], mode: 'absent' })],
  ['commit calls', (store, key) => store.commit({ values: [entry(GOOD)], calls: [record(key)], mode: 'absent' })],
  ['refs.swap', (store, key) => store.refs!.swap('name', undefined, key ?? 'undefined')],
]

function entry(key: Digest) {
  return { key, bytes: text('value') }
}

function record(key: Digest) {
  return { ...entry(key), terms: NO_TERMS }
}

describe.each(USES)('%s', (_, use) => {
  test.each(BAD)('refuses the key %j before it becomes a path', async key => {
    const parent = await directory()
    const root = `${parent}/store`
    // A caller without types may pass anything.
    await expect(async () => use(fsStore(root), key as Digest)).rejects.toThrow(TypeError)
    expect(() => use(fsStore(root, { sync: true }), key as Digest)).toThrow(TypeError)
    expect(tree(parent)).toEqual([])
  })

  test('of a store that answers later never throws, but rejects', async () => {
    const answer = use(fsStore(await directory()), 'no key' as Digest)
    expect(answer).toBeInstanceOf(Promise)
    await expect(answer).rejects.toThrow(TypeError)
  })
})

test.each(['..', 'AA', 'g', '0'.repeat(65), 1, null])('list refuses the prefix %j', async prefix => {
  const { values } = fsStore(await directory())
  await expect(async () => listed(values.list({ prefix: prefix as string }))).rejects.toThrow(TypeError)
})

test.each(['..', 'aa', 'A'.repeat(64), null])('list refuses to begin after %j', async after => {
  const { values } = fsStore(await directory())
  await expect(async () => listed(values.list({ after: after as Digest }))).rejects.toThrow(TypeError)
})
