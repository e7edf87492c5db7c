import { createCache, defaultRegistry, memoryStore } from '@riposte/core'
import { expect, test } from 'vitest'
import { encodeValue, formOf, relink } from '../../src/codec/encode-value.ts'
import { addressOf } from '../../src/codec/types.ts'

const registry = defaultRegistry
const backwards = Array.from({ length: 900 }, (_, i) => ({ b: i, a: `row ${i}` }))
/** In the order of the canonical encoding, so that its payload is what the digest hashes. */
const canonical = backwards.map(({ b, a }) => ({ a, b }))

test('two orders of one part inside a value both keep theirs, also where one is the canonical order', async () => {
  for (const value of [
    [backwards, canonical],
    [canonical, backwards],
  ]) {
    const { values } = createCache(memoryStore(), { inlineBelow: 1000 })
    const back = (await values.load(await values.save(value))) as typeof value
    expect(back.map(part => Object.keys(part[0]!).join())).toEqual(value.map(part => Object.keys(part[0]!).join()))
  }
})

test('no form is the digest of a value', () => {
  const { digest, nodes } = encodeValue(canonical, { inlineBelow: Number.POSITIVE_INFINITY, registry })
  expect(formOf(nodes[0]!.payload)).not.toBe(digest)
})

test('a link moves by the address it has, its form included', () => {
  const { nodes } = encodeValue([backwards, canonical], { inlineBelow: 1000, registry })
  const parent = nodes.at(-1)!
  const [first, second] = parent.links
  expect(second!.form).toBeDefined()
  const moved = formOf(new Uint8Array([1]))
  const linked = relink(parent, new Map([[addressOf(second!), moved]]))
  expect(linked.links.map(link => link.form)).toEqual([undefined, moved])
  expect(linked.links[0]!.digest).toBe(first!.digest)
})
