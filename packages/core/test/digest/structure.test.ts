import { runInNewContext } from 'node:vm'
import { createRegistry, defaultRegistry, digest, digestOf, RiposteError, ref, registerClass } from '@riposte/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeValue } from '../../src/codec/decode-value.ts'
import { encodeValue } from '../../src/codec/encode-value.ts'
import { values } from '../support/values.ts'

const registry = defaultRegistry

function nested(levels: number, wrap: (inner: unknown) => unknown, leaf: unknown = 'leaf'): unknown {
  let value = leaf
  for (let i = 0; i < levels; i += 1) value = wrap(value)
  return value
}

function failure(body: () => unknown): RiposteError {
  try {
    body()
  } catch (error) {
    if (error instanceof RiposteError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

/** Small parts that take more than the link threshold together. */
const wide = Array.from({ length: 200 }, (_, i) => `part ${i}`)

describe('depth', () => {
  test.each([
    [200_000, 'arrays', (inner: unknown) => [inner]],
    [100_000, 'objects', (inner: unknown) => ({ inner })],
    [100_000, 'maps', (inner: unknown) => new Map([['k', inner]])],
    [100_000, 'mixed kinds', (inner: unknown) => [new Set([inner]), { a: 1 }]],
  ])('%i levels of %s have a digest of their own', (levels, _kind, wrap) => {
    const a = digest(nested(levels, wrap))
    expect(a).toMatch(/^[0-9a-f]{64}$/)
    expect(digest(nested(levels - 1, wrap))).not.toBe(a)
  })

  test('depth changes nothing in the digest: a deep part may be replaced by a reference', () => {
    const deep = [...wide, nested(5000, inner => [inner])]
    expect(digest([1, deep])).toBe(digest([1, ref(digest(deep))]))
  })

  test('deep values are stored and built again', () => {
    const deep = nested(100_000, inner => [inner])
    const { nodes, digest: address } = encodeValue(deep, { inlineBelow: 4096, registry })
    const payloads = new Map(nodes.map(node => [node.digest, node.payload]))
    const back = decodeValue(nodes.at(-1)!.payload, { registry, part: link => payloads.get(link.digest)! })
    expect(digest(back)).toBe(address)
  })
})

describe('what is made anew at every read', () => {
  class Link {
    readonly next: unknown
    constructor(next: unknown) {
      this.next = next
    }
  }
  const chain = createRegistry()
  chain.register({
    id: 'aabbccdd',
    type: Link,
    takeApart: ({ next }) => ({ next }),
    build: ({ next }) => new Link(next),
  })

  test.each([0, 1, 2])('states of instances below %i arrays are taken apart at any depth', above => {
    const value = (levels: number) =>
      nested(
        above,
        inner => [inner],
        nested(levels, inner => new Link(inner)),
      )
    const of = (levels: number) => digest(value(levels), { registry: chain })
    expect(of(1000)).toBe(of(1000))
    expect(of(1000)).not.toBe(of(999))
  })

  test('parts that getters make deeper than one walk goes are refused: they would never be found again', () => {
    const endless = (levels: number): object => ({
      get next() {
        return levels === 0 ? 1 : endless(levels - 1)
      },
    })
    expect(digest(endless(150))).toBe(digest(nested(151, next => ({ next }), 1)))
    expect(failure(() => digest(endless(450))).code).toBe('ERR_UNDIGESTIBLE')
  })
})

describe('shared parts', () => {
  test('beside what is too deep for one walk are stored whole', () => {
    const large = Array.from({ length: 20_000 }, (_, i) => ['part', { i }])
    const value = [large, nested(500, inner => [inner]), large]
    const { nodes } = encodeValue(value, { inlineBelow: 100, registry })
    const payloads = new Map(nodes.map(node => [node.digest, node.payload]))
    const back = decodeValue(nodes.at(-1)!.payload, { registry, part: link => payloads.get(link.digest)! })
    expect(digest(back)).toBe(digest(value))
  })

  test('thirty levels of pairs digest at once and are stored in thirty nodes or fewer', () => {
    const value = nested(30, inner => [inner, inner])
    expect(digest(value)).toMatch(/^[0-9a-f]{64}$/)
    for (const inlineBelow of [0, 100, 4096]) {
      const { nodes } = encodeValue(value, { inlineBelow, registry })
      expect(nodes.length).toBeLessThanOrEqual(31)
    }
  })

  test('sharing below the depth of one walk is found too', () => {
    const value = nested(400, inner => [inner, inner])
    expect(digest(value)).toBe(digest(nested(400, inner => [inner, inner])))
  })

  test('loading what would take more copies than the limit is a typed error', () => {
    const value = nested(40, inner => [inner, inner])
    const { nodes } = encodeValue(value, { inlineBelow: 100, registry })
    const payloads = new Map(nodes.map(node => [node.digest, node.payload]))
    const load = () =>
      decodeValue(nodes.at(-1)!.payload, {
        registry,
        part: link => payloads.get(link.digest)!,
        limits: { items: 1_000_000, copies: 1_000_000, bytes: 1e9, depth: 1000 },
      })
    expect(failure(load).code).toBe('ERR_LIMIT')
  })
})

describe('cycles', () => {
  test('are refused by the path at which the value contains itself', () => {
    const inner: Record<string, unknown> = { list: [] }
    inner['list'] = [0, { back: inner }]
    const error = failure(() => digest({ a: inner }))
    expect(error.code).toBe('ERR_CYCLIC')
    expect(error.details).toEqual({ path: '.a.list[1].back' })
  })

  test('are found at any length', () => {
    for (const length of [1, 2, 199, 200, 201, 300, 1000, 5000]) {
      const root: unknown[] = []
      let at = root
      for (let i = 1; i < length; i += 1) {
        const next: unknown[] = []
        at.push(next)
        at = next
      }
      at.push(root)
      expect(failure(() => digest(root)).code).toBe('ERR_CYCLIC')
    }
  })
})

describe('references', () => {
  test('stand for a part above the threshold without changing the digest of the parent', () => {
    fc.assert(
      fc.property(values, values, (a, b) => {
        const large = [a, ...wide]
        expect(digest({ a, b, large: ref(digest(large)) })).toBe(digest({ a, b, large }))
        expect(digest([b, new Map([[large, a]])])).toBe(digest([b, new Map([[ref(digest(large)), a]])]))
      }),
    )
  })

  test('alone have the digest they hold; a string of digits is a string', () => {
    const key = digest({ a: 1 })
    expect(digest(ref(key))).toBe(key)
    expect(digest(key)).not.toBe(key)
    expect(digest([key])).not.toBe(digest([ref(key)]))
  })
})

class Point {
  readonly x: number
  readonly y: number
  constructor(x: number, y: number) {
    this.x = x
    this.y = y
  }
}
class Unknown {
  value = 1
}

describe('refusals', () => {
  const revoked = () => {
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    return proxy
  }
  test.each<[string, () => unknown]>([
    ['a function', () => () => 1],
    ['a unique symbol', () => Symbol('a')],
    ['a WeakMap', () => new WeakMap()],
    ['a promise', () => Promise.resolve()],
    ['a generator', () => (function* () {})()],
    ['an iterator', () => [1].values()],
    ['an unregistered class', () => new Unknown()],
    ['a subclass of a built-in', () => new (class Sub extends Map {})()],
    ['a proxy of a Map', () => new Proxy(new Map(), {})],
    ['a proxy of a Date', () => new Proxy(new Date(0), {})],
    ['a revoked proxy', revoked],
    [
      'arguments',
      () =>
        (function (..._: number[]) {
          return arguments
        })(1),
    ],
    ['Math', () => Math],
    [
      'an object with its own toStringTag',
      () => Object.defineProperty({ a: 1 }, Symbol.toStringTag, { value: 'Mine' }),
    ],
    ['an array whose prototype was taken', () => Object.setPrototypeOf([], Object.prototype)],
    ['an array with its own toStringTag', () => Object.defineProperty([1], Symbol.toStringTag, { value: 'Mine' })],
    ['a Map with its own toStringTag', () => Object.defineProperty(new Map(), Symbol.toStringTag, { value: 'Mine' })],
    [
      'bytes with their own toStringTag',
      () => Object.defineProperty(new Uint8Array(), Symbol.toStringTag, { value: 'Mine' }),
    ],
    ['an array without a prototype', () => Object.setPrototypeOf([], null)],
    ['a Map whose prototype was taken', () => Object.setPrototypeOf(new Map([[1, 2]]), Object.prototype)],
    ['a promise whose prototype was taken', () => Object.setPrototypeOf(Promise.resolve(), Object.prototype)],
    [
      'a date whose prototype was taken',
      () => Object.assign(Object.setPrototypeOf(new Date(0), Object.prototype), { a: 1 }),
    ],
    ['an imitation of an Error', () => Object.create(Error.prototype)],
    ['an imitation of a Map', () => Object.create(Map.prototype)],
    [
      'a getter that throws',
      () =>
        Object.defineProperty({}, 'bad', {
          enumerable: true,
          get() {
            throw new Error('no')
          },
        }),
    ],
    ['Headers', () => new Headers()],
    ['a Blob', () => new Blob(['a'])],
    ['a WeakRef', () => new WeakRef({})],
    ['an Intl object', () => new Intl.NumberFormat()],
  ])('%s is refused by its path', (_name, make) => {
    const value = make()
    const error = failure(() => digest({ list: [1, value] }))
    expect(error.code).toBe('ERR_UNDIGESTIBLE')
    expect((error.details as { path: string }).path).toBe('.list[1]')
  })

  test('nothing is consumed', () => {
    const generator = (function* () {
      yield 1
    })()
    failure(() => digest([generator]))
    expect([...generator]).toEqual([1])
  })
})

describe('registered classes', () => {
  test('are told apart by id and version, and built again', () => {
    using _ = registerClass({
      id: 'b2138434',
      type: Point,
      takeApart: p => [p.x, p.y],
      build: ([x, y]: number[]) => new Point(x!, y!),
    })
    const { nodes } = encodeValue([new Point(1, 2)], { inlineBelow: 4096, registry })
    const [back] = decodeValue(nodes.at(-1)!.payload, { registry }) as [Point]
    expect(back).toBeInstanceOf(Point)
    expect(back).toEqual(new Point(1, 2))
    expect(digest(new Point(1, 2))).not.toBe(digest([1, 2]))
  })

  test('the later of two definitions counts, until it is disposed', () => {
    const define = (version: number) =>
      registerClass({
        id: 'abcd1234',
        version,
        type: Point,
        takeApart: p => p.x,
        build: (x: number) => new Point(x, 0),
      })
    const first = define(1)
    const one = digest(new Point(1, 2))
    const second = define(2)
    expect(digest(new Point(1, 2))).not.toBe(one)
    second[Symbol.dispose]()
    expect(digest(new Point(1, 2))).toBe(one)
    first[Symbol.dispose]()
    expect(failure(() => digest(new Point(1, 2))).code).toBe('ERR_UNDIGESTIBLE')
  })

  test('two classes under one id, however it is padded, are refused', () => {
    using _ = registerClass({ id: 'abcd1234', type: Point, takeApart: () => 0, build: () => new Point(0, 0) })
    const again = () =>
      registerClass({ id: 'ABCD12340000', type: Unknown, takeApart: () => 0, build: () => new Unknown() })
    expect(again).toThrow(TypeError)
  })

  test.each(['', 'abc', 'abcdef1', 'xyzxyzxy', 'a'.repeat(34), '12345678-1234'])('the id %j is refused', id => {
    expect(() => registerClass({ id, type: Point, takeApart: () => 0, build: () => new Point(0, 0) })).toThrow(
      TypeError,
    )
  })
})

describe('other realms', () => {
  test('plain objects and arrays of another realm count as plain', () => {
    expect(digest(runInNewContext('({ a: [1, { b: 2 }] })'))).toBe(digest({ a: [1, { b: 2 }] }))
  })
})

describe('own digests', () => {
  test('stand for a value that need not be stored', () => {
    const make = (id: number) => Object.assign(() => id, { [digestOf]: () => digest(['mine', id]) })
    expect(digest([make(1)])).toBe(digest([make(1)]))
    expect(digest([make(1)])).not.toBe(digest([make(2)]))
    const error = failure(() => encodeValue([make(1)], { inlineBelow: 0, registry }))
    expect(error.details).toEqual({ path: '[0]', kind: 'digest only' })
  })
})

test('a getter that digests inside a digest is safe', () => {
  const inner = { deep: ['x'.repeat(2000), 1] }
  const value = {
    a: 1,
    get b() {
      return digest(inner)
    },
    c: 'y'.repeat(3000),
  }
  expect(digest(value)).toBe(digest({ a: 1, b: digest(inner), c: 'y'.repeat(3000) }))
})

test('extra properties of large arrays and views count', () => {
  const numbers = Array.from({ length: 5000 }, (_, i) => i)
  const view = new Float64Array(5000)
  expect(digest(Object.assign([...numbers], { x: 1 }))).not.toBe(digest(numbers))
  expect(digest(Object.assign(new Float64Array(5000), { x: 1 }))).not.toBe(digest(view))
  expect(digest(Object.assign(new Float64Array(5000), { [Symbol.for('x')]: 1 }))).not.toBe(digest(view))
  expect(digest(new Proxy([...numbers], {}))).toBe(digest(numbers))
})

test('extra properties count also where as many elements are missing', () => {
  const sparse = () => Object.assign([], { 1: 'b', 3: 'd' })
  const value = Object.assign(sparse(), { x: 1, y: 2 })
  expect(digest(value)).not.toBe(digest(sparse()))
  expect(digest(value)).not.toBe(digest(Object.assign(sparse(), { x: 1, y: 3 })))
  const { nodes } = encodeValue(value, { inlineBelow: 4096, registry })
  expect(decodeValue(nodes[0]!.payload, { registry })).toStrictEqual(value)
})

test('properties that stand before methods of built-in classes change nothing but themselves', () => {
  const hide = (target: object, name: string, value: unknown) => Object.defineProperty(target, name, { value })
  expect(digest(hide(new Date(1), 'getTime', () => 2))).toBe(digest(new Date(1)))
  expect(digest(hide(Object(1), 'valueOf', () => 2))).toBe(digest(Object(1)))
  expect(digest(hide(new Map([[1, 2]]), 'size', 0))).toBe(digest(new Map([[1, 2]])))
  expect(digest(hide(new Set([1]), Symbol.iterator as unknown as string, () => [][Symbol.iterator]()))).toBe(
    digest(new Set([1])),
  )
  const shown = Object.defineProperty(new Map([[1, 2]]), 'size', { value: 9, enumerable: true })
  expect(digest(shown)).not.toBe(digest(new Map([[1, 2]])))
})

test('sparse arrays of any length are small', () => {
  const sparse: number[] = []
  sparse[4_000_000_000] = 1
  expect(digest(sparse)).not.toBe(digest(Object.assign([], { length: 4_000_000_001 })))
  const { nodes } = encodeValue(sparse, { inlineBelow: 4096, registry })
  const back = decodeValue(nodes.at(-1)!.payload, { registry }) as number[]
  expect(back.length).toBe(4_000_000_001)
  expect(Object.keys(back)).toEqual(['4000000000'])
})

test('bytes beyond a chunk are a list of chunks, each of which has the digest of a Uint8Array', () => {
  const bytes = new Uint8Array(2_500_000).map((_, i) => i % 251)
  const { nodes, digest: address } = encodeValue(bytes, { inlineBelow: 4096, registry })
  expect(nodes.map(node => node.digest)).toEqual([
    digest(bytes.slice(0, 1_048_576)),
    digest(bytes.slice(1_048_576, 2_097_152)),
    digest(bytes.slice(2_097_152)),
    address,
  ])
  const payloads = new Map(nodes.map(node => [node.digest, node.payload]))
  const back = decodeValue(nodes.at(-1)!.payload, { registry, part: link => payloads.get(link.digest)! }) as Uint8Array
  expect(Buffer.compare(back, bytes)).toBe(0)
})

test('a part that is deep in one place and not in another has the digest of an equal one without sharing', () => {
  const wrap = (inner: unknown): unknown => [inner]
  const leafOf = (): unknown => nested(100, wrap, 'k')
  const partOf = (leaf: unknown): unknown => nested(40, wrap, leaf)
  const value = (leaf: () => unknown, part: () => unknown): unknown => [
    Array.from({ length: 10_001 }, () => []),
    nested(199, wrap, leaf()),
    [part()],
    nested(170, wrap, part()),
  ]
  const [leaf, part] = [leafOf(), partOf(leafOf())]
  const ofLeaf = partOf(leaf)
  const apart = digest(value(leafOf, () => partOf(leafOf())))
  expect(
    digest(
      value(
        () => leaf,
        () => ofLeaf,
      ),
    ),
  ).toBe(apart)
  expect(
    digest(
      value(
        () => leaf,
        () => part,
      ),
    ),
  ).toBe(apart)
})

describe('a view counts by what it shows, whatever it says of itself', () => {
  const lies = { length: 1, byteLength: 1, byteOffset: 1, buffer: new ArrayBuffer(1) }

  test.each([
    ['Uint8Array', () => Uint8Array.of(1, 2, 3, 4)],
    ['Float64Array', () => Float64Array.of(1, 2, 3, 4)],
    ['BigInt64Array', () => BigInt64Array.of(1n, 2n, 3n)],
    ['a long Uint8Array', () => new Uint8Array(1000).fill(7)],
    ['Buffer', () => Buffer.from([1, 2, 3, 4])],
    ['DataView', () => new DataView(Uint8Array.of(1, 2, 3, 4).buffer)],
  ])('%s', (_kind, make) => {
    const hidden = Object.entries(lies).map(([name, value]) => [name, { value, enumerable: false }] as const)
    expect(digest(Object.defineProperties(make(), Object.fromEntries(hidden)))).toBe(digest(make()))
    // What is enumerable counts, as other properties do.
    for (const [name, value] of Object.entries(lies)) {
      const seen = Object.defineProperty(make(), name, { value, enumerable: true })
      expect(digest(seen), name).not.toBe(digest(make()))
      const { nodes } = encodeValue(seen, { inlineBelow: 4096, registry })
      expect(digest(decodeValue(nodes.at(-1)!.payload, { registry })), name).toBe(digest(seen))
    }
  })
})
