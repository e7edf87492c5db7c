import { isDeepStrictEqual } from 'node:util'
import { createCache, createRegistry, digest, isRef, memoryStore } from '@riposte/core'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { decodeValue } from '../../src/codec/decode-value.ts'
import { encodeValue, relink } from '../../src/codec/encode-value.ts'
import { addressOf, type Link } from '../../src/codec/types.ts'
import { values } from '../support/values.ts'

class Box {
  readonly text: string
  constructor(text: string) {
    if (typeof text !== 'string') throw new TypeError('a box holds text')
    this.text = text
  }
}
const registry = createRegistry()
registry.register({ id: 'b0b0b0b0', type: Box, takeApart: ({ text }) => text, build: (text: string) => new Box(text) })

function open(value: unknown, inlineBelow: number, shallow: boolean): unknown {
  const { nodes } = encodeValue(value, { inlineBelow, registry })
  const payloads = new Map(nodes.map(node => [addressOf(node), node.payload]))
  const part = (link: Link) => payloads.get(addressOf(link))
  return decodeValue(nodes.at(-1)!.payload, { registry, part, shallow })
}

const large = Array.from({ length: 100 }, (_, i) => `part ${i}`)

/** Values that have links in their stored form where a `ref` cannot stand. */
const unbuildable: readonly (readonly [name: string, value: unknown])[] = [
  ['chunks of bytes', new Uint8Array(2_100_000)],
  ['an array with properties', Object.assign([...large], { x: 1 })],
  ['a RegExp with a long source', new RegExp('x'.repeat(6000))],
  ['an instance with a large state', new Box('x'.repeat(6000))],
  ['a long boxed text', Object('x'.repeat(6000))],
  ['a long URL', new URL(`http://example.test/${'x'.repeat(6000)}`)],
  ['long search parameters', new URLSearchParams({ a: 'x'.repeat(6000) })],
]

describe('a shallow load', () => {
  test('leaves linked elements and properties as references to them', () => {
    const value = { large, map: new Map([['k', large]]), bare: Object.assign(Object.create(null), { large }) }
    const back = open(value, 200, true) as { readonly large: unknown; readonly map: unknown }
    expect(isRef(back.large) && back.large.digest).toBe(digest(large))
    const map = open(new Map([['k', large]]), 200, true) as ReadonlyMap<string, unknown>
    expect(isRef(map.get('k'))).toBe(true)
    const error = open(new Error('e', { cause: large }), 200, true) as Error
    expect(isRef(error.cause)).toBe(true)
  })

  test.each(unbuildable)('%s are built with what they cannot be built without', (_name, value) => {
    expect(isDeepStrictEqual(open([value], 1000, true), [value])).toBe(true)
  })

  test('has the digest of the whole, if a reference may stand for each part that it leaves', () => {
    let linked = 0
    fc.assert(
      fc.property(values, fc.constantFrom(1024, 4096), (value, inlineBelow) => {
        const { nodes } = encodeValue(value, { inlineBelow, registry })
        const linkable = new Set(nodes.filter(node => node.linkable).map(node => node.digest))
        if (!nodes.at(-1)!.links.every(link => linkable.has(link.digest))) return
        linked += nodes.length > 1 ? 1 : 0
        expect(digest(open(value, inlineBelow, true), { registry })).toBe(digest(value))
      }),
      { numRuns: 1500, seed: 1 },
    )
    expect(linked).toBeGreaterThan(100)
  })
})

test('a link whose part is not given is a reference', () => {
  const { nodes } = encodeValue([['a', 'b']], { inlineBelow: 0, registry })
  const back = decodeValue(nodes.at(-1)!.payload, { registry, part: () => undefined })
  expect(isRef(back) || isRef((back as readonly unknown[])[0])).toBe(true)
})

test('links name other forms of their parts where they are told to, and nothing else changes', () => {
  fc.assert(
    fc.property(values, fc.nat(), (value, which) => {
      const { nodes } = encodeValue([value, value], { inlineBelow: 16, registry })
      const root = nodes.at(-1)!
      const form = digest(`form ${which}`)
      const chosen = root.links[which % Math.max(1, root.links.length)]
      const forms = new Map(chosen === undefined ? [] : [[chosen.digest, form]])
      const changed = relink(root, forms)
      const seen: Link[] = []
      const back = decodeValue(changed.payload, { registry, part: link => void seen.push(link) as undefined })
      expect(seen.map(({ digest: at }) => at)).toEqual(root.links.map(({ digest: at }) => at))
      expect(seen).toEqual(changed.links)
      expect(
        seen.every(link => link.form === (link.digest === chosen?.digest ? (chosen.form ?? form) : link.form)),
      ).toBe(true)
      expect(digest(back, { registry })).toBe(digest(decodeValue(root.payload, { registry }), { registry }))
    }),
    { numRuns: 500 },
  )
})

test.each(unbuildable)('%s can be properties of arguments', async (_name, value) => {
  const cache = createCache(memoryStore(), { registry })
  onTestFinished(() => cache.close())
  const identity = { namespace: '', name: 'f', version: 1, conditions: [] }
  const call = cache.calls.prepare(identity, { values: [{ value }], names: ['options'] })
  await cache.calls.commit(call, 1, {})
  expect(await cache.calls.query({ name: 'f', args: { options: { value } } }).toArray()).toHaveLength(1)
})
