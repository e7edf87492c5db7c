import { isDeepStrictEqual } from 'node:util'
import { asDigest, createRegistry, digest } from '@riposte/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeValue, linksOf } from '../../src/codec/decode-value.ts'
import { encodeValue } from '../../src/codec/encode-value.ts'
import { DEFAULT_LIMITS } from '../../src/codec/limits.ts'
import { attempt, corpus, hex, payloadOf } from '../support/hostile.ts'

const registry = createRegistry()
const payloads = corpus.map(payloadOf)
const repeat = (byte: number, count: number, ...rest: number[]) =>
  Uint8Array.from([...new Uint8Array(count).fill(byte), ...rest])

describe('what is no stored form', () => {
  const bad: readonly (readonly [name: string, digits: string])[] = [
    ['nothing', ''],
    ['a text longer than the rest', '7a ffffffff 61'],
    ['bytes longer than the rest', '5b 001fffffffffffff 00'],
    ['bytes longer than numbers go', '5b ffffffffffffffff 00'],
    ['an array longer than the rest', '9a ffffffff 00'],
    ['an array whose items end early', '83 01 02'],
    ['a map with more pairs than the rest', 'ba ffffffff 00'],
    ['a map with half the bytes that double its pairs', 'bb 000fffffffffffff 00'],
    ['a map without its last value', 'a1 6161'],
    ['something after the value', '01 02'],
    ['an integer beyond the safe range', '1b 0020000000000000'],
    ['text of indefinite length', '7f 6161 ff'],
    ['bytes of indefinite length', '5f 4161 ff'],
    ['an array of indefinite length', '9f 01 ff'],
    ['a map of indefinite length', 'bf 6161 01 ff'],
    ['a break', 'ff'],
    ['a reserved head', '1c'],
    ['another reserved head', '5e'],
    ['a 16-bit float', 'f9 3c00'],
    ['a 32-bit float', 'fa 3f800000'],
    ['half a float', 'fb 3ff0'],
    ['an unassigned simple value', 'f0'],
    ['a simple value of two bytes', 'f8 20'],
    ['text cut inside a character', '61 c3'],
    ['text of an overlong character', '62 c080'],
    ['text of a lone surrogate', '63 eda080'],
    ['text beyond Unicode', '64 f4908080'],
    ['text of continuation bytes', '62 8080'],
    ['a bad byte beside a true replacement character', '64 efbfbd ff'],
    ['WTF-8 cut inside a character', 'd90111 42 eda0'],
    ['a number for a property name', 'a1 01 01'],
    ['bytes for a property name', 'a1 4161 01'],
    ['an object for a property name', 'a1 a0 01'],
    ['a property twice', 'a2 6161 01 6161 02'],
    ['__proto__ twice', 'a2 695f5f70726f746f5f5f 01 695f5f70726f746f5f5f a0'],
    ['a property twice, by text and by WTF-8', 'a2 6161 01 d901114161 02'],
    ['a symbol twice', 'a2 d9525c6161 01 d9525c6161 02'],
    ['a hole outside an array', 'd95252 01'],
    ['a hole as a property', 'a1 6161 d95252 01'],
    ['no holes', '81 d95252 00'],
    ['half a hole', '81 d95252 fb3fe0000000000000'],
    ['a negative hole', '81 d95252 20'],
    ['more holes than an array can have', '82 d952521affffffff d952521affffffff'],
    ['holes in a Set', 'd90102 81 d952521affffffff'],
    ['holes in a Map', 'd95253 82 d952521affffffff d9525201'],
    ['holes in an error', 'd95256 81 d952521affffffff'],
    ['holes in search parameters', 'd95262 81 d952521afffffffe'],
    ['holes in chunks', 'd95260 82 00 d952521affffffff'],
    ['holes in an instance', 'd9525f 81 d9525203'],
    ['a Map of half a pair', 'd95253 81 01'],
    ['an unknown tag', 'd9ffff 01'],
    ['a tag of 64 bits', 'db 001fffffffffffff 01'],
    ['a date of text', 'd95254 6161'],
    ['a RegExp of two parts', 'd95255 82 6161 60'],
    ['an error of another class', 'd95256 86 66 4f626a656374 6161 6161 f7 f7 a0'],
    ['an error of too few parts', 'd95256 85 654572726f72 6161 6161 f7 f7'],
    ['an error of too many parts', 'd95256 87 654572726f72 6161 6161 f7 f7 a0 00'],
    ['an error of as many parts as an array can have', 'd95256 87 654572726f72 6161 6161 f7 f7 a0 d952521afffffff0'],
    ['a boxed object', 'd9525b a0'],
    ['a boxed undefined', 'd9525b f7'],
    ['a symbol of a number', 'd9525c 01'],
    ['a view of half an element', 'd845 41 00'],
    ['a view of text', 'd856 6161'],
    ['packed numbers of seven bytes', 'd95251 47 00000000000000'],
    ['a null prototype on an array', 'd9525d 80'],
    ['extra properties of a number', 'd9525e 82 a0 01'],
    ['extra properties that are an array', 'd9525e 82 80 80'],
    ['an element for a view', 'd9525e 82 a1 6138 01 d84f 40'],
    ['another element for a view', 'd9525e 82 a1 6130 01 d84f 48 0000000000000000'],
    ['an element of no view', 'd9525e 82 a1 622d30 01 40'],
    ['another length for an array', 'd9525e 82 a1 666c656e677468 1affffffff 80'],
    ['a length that is none', 'd9525e 82 a1 666c656e677468 20 8101'],
    ['another character for a boxed text', 'd9525e 82 a1 6130 6178 d9525b 6161'],
    ['chunks without their length, which follows', 'd95260 80 00'],
    ['chunks that do not add up', 'd95260 82 02 4101'],
    ['chunks of numbers', 'd95260 82 01 01'],
    ['a bignum of text', 'c2 6161'],
    ['an instance of an id of 15 bytes', 'd9525f 83 4f 000000000000000000000000000000 01 f7'],
    ['an instance without a version', 'd9525f 83 50 00000000000000000000000000000000 6131 f7'],
    ['a digest of its own, which nobody stores', `d95261 5820 ${'00'.repeat(32)}`],
    ['a member of a Set twice', 'd90102 82 01 01'],
    ['a key of a Map twice', 'd95253 84 6161 01 6161 02'],
    ['a date between milliseconds', 'd95254 fb3ff8000000000000'],
    ['a date that is none', 'd95254 1b001fffffffffffff'],
    ['WTF-8 of an overlong character', 'd90111 43 e08080'],
    ['WTF-8 of another overlong character', 'd90111 44 f0808080'],
    ['WTF-8 of a character in two halves', 'd90111 46 eda080edb080'],
    ['an error with a list for properties', 'd95256 86 654572726f72 60 60 f7 f7 81 01'],
    ['an error with two messages', 'd95256 86 654572726f72 60 6161 f7 f7 a1 676d657373616765 6162'],
    ['an error with another message than none', 'd95256 86 654572726f72 60 60 f7 f7 a1 676d657373616765 6162'],
    ['extra properties of a plain object', 'd9525e 82 a1 6161 01 a0'],
    ['extra properties of an object without a prototype', 'd9525e 82 a1 6161 01 d9525d a0'],
    ['extra properties of an error', 'd9525e 82 a1 6161 01 d95256 86 654572726f72 60 60 f7 f7 a0'],
    ['a bignum of bytes with extra properties', 'c2 d9525e 82 a1 6161 01 41 01'],
    ['a set of an array with extra properties', 'd90102 d9525e 82 a1 6161 01 81 02'],
    ['an element of an array for an extra property', 'd9525e 82 a1 6130 01 81 02'],
    ['an element beyond the end of an array', 'd9525e 82 a1 6138 01 80'],
    ['another place in a RegExp', 'd9525e 82 a1 696c617374496e646578 01 d95255 83 6161 60 00'],
    ['search parameters of a lone surrogate', 'd95262 82 6161 d90111 43 eda080'],
    ['a link of a longer head', `da00005250 5820 ${'00'.repeat(32)}`],
    ['a link of a longer length', `d95250 590020 ${'00'.repeat(32)}`],
    ['a link to text', 'd95250 6161'],
    ['a link of 31 bytes', `d95250 581f ${'00'.repeat(31)}`],
    ['a link of 33 bytes', `d95250 5821 ${'00'.repeat(33)}`],
  ]
  test.each(bad)('%s is corrupt', (_name, digits) => {
    expect(attempt(hex(digits))).toMatchObject({ code: 'ERR_CORRUPT' })
  })

  test('an instance of no registered class is told as such', () => {
    expect(attempt(hex('d9525f 83 50 0123456789abcdef0123456789abcdef 01 f7'))).toMatchObject({
      code: 'ERR_UNKNOWN_CLASS',
    })
  })

  // Entries as a later runtime writes them; nothing but that runtime can say that they are wrong.
  test.each([
    ['a pattern of another engine', 'd95255 83 6128 60 00', 'the pattern /(/'],
    ['flags of another engine', 'd95255 83 6161 6171 00', 'the pattern /a/q'],
    ['a URL that only another parser takes', 'd820 6161', 'the URL a'],
  ])('%s is not called corrupt, but told as what this runtime does not know', (_name, digits, named) => {
    for (const inside of [digits, `81 ${digits}`, `a1 6161 ${digits}`]) {
      const outcome = attempt(hex(inside))
      expect(outcome).toMatchObject({ code: 'ERR_UNKNOWN_FORMAT', message: expect.stringContaining(named) })
    }
  })

  test('of all tags only those of the format are read', () => {
    const contents = ['00', '6161', '4100', '480000000000000000', '80', 'a0', '83 6161 60 00', '820101'].map(hex)
    const known = new Set<number>()
    for (let tag = 0; tag < 65_536; tag += tag < 1000 || (tag > 20_900 && tag < 21_200) ? 1 : 31) {
      for (const content of contents) {
        if ('value' in attempt(Uint8Array.from([0xd9, tag >> 8, tag & 255, ...content]))) known.add(tag)
      }
    }
    const views = [68, 69, 70, 71, 72, 77, 78, 79, 85, 86].concat('Float16Array' in globalThis ? [84] : [])
    // Of the others the contents that are tried fit none: links, runs of holes, errors, URLs, instances, chunks, extra properties.
    const block = [21073, 21075, 21076, 21077, 21079, 21080, 21081, 21082, 21083, 21084, 21085, 21090]
    expect([...known].toSorted((a, b) => a - b)).toEqual([2, 3, ...views, 258, 273, ...block].toSorted((a, b) => a - b))
  })

  test('every string of one or two bytes, and many of three, are a value or a typed error', () => {
    const count = { values: 0, errors: 0 }
    const meet = (...bytes: number[]) => {
      count['value' in attempt(Uint8Array.from(bytes)) ? 'values' : 'errors'] += 1
    }
    for (let a = 0; a < 256; a += 1) {
      meet(a)
      for (let b = 0; b < 256; b += 1) {
        meet(a, b)
        meet(0x81, a, b)
        meet(0xd9, 0x52, a, b)
      }
    }
    expect(count.values).toBeGreaterThan(50)
    expect(count.errors).toBeGreaterThan(50_000)
  })
})

describe('what was damaged', () => {
  test('a payload that was cut at any byte is corrupt', () => {
    for (const payload of payloads) {
      for (let length = 0; length < payload.length; length += 1) {
        expect(attempt(payload.subarray(0, length))).toMatchObject({ code: 'ERR_CORRUPT' })
      }
    }
  })

  test('a payload with any one bit flipped is a value or a typed error', () => {
    let values = 0
    let errors = 0
    for (const payload of payloads) {
      for (let bit = 0; bit < payload.length * 8; bit += 1) {
        const damaged = payload.slice()
        damaged[bit >> 3]! ^= 1 << (bit & 7)
        if ('value' in attempt(damaged)) values += 1
        else errors += 1
      }
    }
    expect(values).toBeGreaterThan(1000)
    expect(errors).toBeGreaterThan(1000)
  })

  test('payloads that were cut, joined and changed at random are a value or a typed error, and so are their links', () => {
    const piece = fc.oneof(
      fc
        .tuple(fc.constantFrom(...payloads), fc.nat(), fc.nat())
        .map(([payload, a, b]) => payload.subarray(a % payload.length, b % (payload.length + 1))),
      fc.uint8Array({ maxLength: 4 }),
      fc
        .constantFrom(
          'd9525e82a1',
          'd95256',
          'd952521affffffff',
          '9b',
          'd9525082',
          '8180',
          'a16161',
          '666c656e677468',
          '695f5f70726f746f5f5f',
        )
        .map(hex),
    )
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 4 }), pieces => {
        const damaged = new Uint8Array(Buffer.concat(pieces))
        const outcome = attempt(damaged)
        if ('code' in outcome) expect(outcome.code).toMatch(/^ERR_(CORRUPT|LIMIT|UNKNOWN_CLASS|UNKNOWN_FORMAT)$/)
        else expect(linksOf(damaged).length).toBeLessThanOrEqual(damaged.length)
      }),
      { numRuns: 5000 },
    )
  })
})

describe('what is too much', () => {
  test('a million levels are a value', () => {
    const outcome = attempt(repeat(0x81, 1_000_000, 0x00))
    expect(outcome).toHaveProperty('value')
  })

  test('a million keys are a value', () => {
    const pairs = Array.from(
      { length: 1_000_000 },
      (_, i) =>
        `\x69${String(i * 65_536)
          .padStart(9, '1')
          .slice(-9)}\0`,
    )
    const outcome = attempt(new Uint8Array(Buffer.from(`\xba\x00\x0f\x42\x40${pairs.join('')}`, 'latin1')))
    expect('value' in outcome && Object.keys(outcome.value as object).length).toBe(1_000_000)
  })

  test('a bignum and a WTF-8 text of megabytes take memory in proportion', () => {
    const length = [0x5a, 0x00, 0x40, 0x00, 0x00]
    const content = repeat(0x61, 0x400000)
    const before = process.memoryUsage().heapUsed
    for (const tag of [[0xc2], [0xd9, 0x01, 0x11]])
      expect(attempt(Uint8Array.from(Buffer.concat([Uint8Array.from([...tag, ...length]), content])))).toHaveProperty(
        'value',
      )
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(100_000_000)
  })

  const bounds = { items: 1000, copies: 100, bytes: 10_000, depth: 50 }
  const bounded = (payload: Uint8Array, part?: () => Uint8Array) => () =>
    decodeValue(payload, { registry, limits: bounds, ...(part && { part }) })
  const link = `d952505820${'00'.repeat(32)}`

  test.each<[keyof typeof bounds, () => unknown]>([
    ['items', bounded(Uint8Array.from([0x99, 0x03, 0xe9, ...repeat(0xf6, 1001)]))],
    ['bytes', bounded(Uint8Array.from([0x59, 0x27, 0x10, ...repeat(0, 10_000)]))],
    ['depth', bounded(repeat(0x81, 60, 0x80))],
    ['depth', bounded(Uint8Array.from([...Array.from({ length: 60 }, () => [0xd9, 0x52, 0x5b]).flat(), 0x01]))],
    ['depth', bounded(hex(link), () => hex(link))],
    ['copies', bounded(hex(`83 ${link.repeat(3)}`), () => Uint8Array.from([0x98, 0x60, ...repeat(0xf6, 0x60)]))],
  ])('a bound on %s ends it with a typed error', (limit, decode) => {
    expect(decode).toThrow(expect.objectContaining({ code: 'ERR_LIMIT', details: { limit, bound: bounds[limit] } }))
  })

  describe('of copies', () => {
    const key = (level: number) => level.toString(16).padStart(64, '0')
    const linkTo = (level: number) => `d952505820${key(level)}`
    const pair = (level: number) => hex(`82 ${linkTo(level).repeat(2)}`)

    /** Decodes what holds two of what holds two and so on; says how it ended, and how many parts were asked for. */
    function nested(levels: number, part: (level: number) => Uint8Array) {
      let asked = 0
      const options = {
        registry,
        part: ({ digest: at }: { readonly digest: string }) => {
          asked += 1
          return part(Number.parseInt(at, 16))
        },
      }
      let error: unknown
      try {
        decodeValue(pair(levels), options)
      } catch (thrown) {
        error = thrown
      }
      return { error, asked }
    }

    test('exponential sharing is found by counting, before it is built', () => {
      const { error, asked } = nested(1000, level => (level === 0 ? hex('f6') : pair(level - 1)))
      expect(error).toMatchObject({ code: 'ERR_LIMIT' })
      // A mebibyte of pairs is built; the limit on copies would end it after 10 million.
      expect(asked).toBeLessThan(50_000)
    })

    test('a part in itself is found by counting', () => {
      const { error, asked } = nested(1, level => pair(level))
      expect(error).toMatchObject({ code: 'ERR_LIMIT' })
      expect(asked).toBeLessThan(50_000)
    })

    test('parts that expand too far are found behind any head that a link may have', () => {
      const { error } = nested(30, level =>
        level === 0 ? hex('f6') : Uint8Array.from([0x98, 0x02, ...pair(level - 1).subarray(1)]),
      )
      expect(error).toMatchObject({ code: 'ERR_LIMIT' })
    })

    test('as many as the bound allows are a value, and one more is not', () => {
      const shared = encodeValue(
        Array.from({ length: 4000 }, (_, i) => ({ i: [i, 'text'] })),
        { registry, inlineBelow: Number.POSITIVE_INFINITY },
      ).nodes.at(-1)!.payload
      const times = 24
      const payload = hex(`98 ${times.toString(16)} ${linkTo(0).repeat(times)}`)
      const limited = (copies: number) =>
        decodeValue(payload, { registry, part: () => shared, limits: { ...DEFAULT_LIMITS, copies } })
      // The array, and of each element an object, a key, an array, a number and a text.
      const copies = (times - 1) * (1 + 4000 * 5)
      expect(limited(copies)).toHaveLength(times)
      expect(() => limited(copies - 1)).toThrow(expect.objectContaining({ code: 'ERR_LIMIT' }))
    })
  })
})

describe('names of properties', () => {
  test.each([
    '__proto__',
    'constructor',
    'prototype',
    'hasOwnProperty',
    'toString',
    'then',
    'length',
    'get',
    'set',
    'value',
  ])('%s is a key like any other', name => {
    const entry = { value: { polluted: true }, writable: true, enumerable: true, configurable: true }
    const values = [
      Object.defineProperty({}, name, entry),
      Object.defineProperty(Object.create(null), name, entry),
      Object.defineProperty(new Map(), name, entry),
      Object.defineProperty(new Error('e'), name, entry),
      Object.defineProperty(new Date(0), name, entry),
      ...(name === 'length' ? [] : [Object.defineProperty(['x'], name, entry)]),
    ]
    for (const value of values) {
      const outcome = attempt(payloadOf(value))
      expect('value' in outcome && isDeepStrictEqual(outcome.value, value)).toBe(true)
      expect('value' in outcome && Object.getPrototypeOf(outcome.value)).toBe(Object.getPrototypeOf(value))
    }
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  })

  test('nothing planted on Object.prototype runs or is changed', () => {
    const names = [
      'a',
      'b',
      'c',
      'd',
      'e',
      'get',
      'set',
      'value',
      'writable',
      'code',
      'cause',
      'extra',
      'x',
      'k',
      'lastIndex',
      'state',
      'toJSON',
      '__p__',
    ]
    const run: string[] = []
    const stored = payloadOf(Object.fromEntries(names.map(name => [name, name])))
    const all = [stored, ...payloads]
    const plain = all.map(payload => attempt(payload))
    const before = Reflect.ownKeys(Object.prototype)
    let planted: readonly unknown[] = []
    try {
      for (const name of names) {
        const get = () => void run.push(`get ${name}`)
        const set = () => void run.push(`set ${name}`)
        Object.defineProperty(
          Object.prototype,
          name,
          Object.assign(Object.create(null), { configurable: true, get, set }),
        )
      }
      planted = all.map(payload => decodeValue(payload, { registry }))
    } finally {
      for (const name of names) Reflect.deleteProperty(Object.prototype, name)
    }
    expect(run).toEqual([])
    expect(Reflect.ownKeys(Object.prototype)).toEqual(before)
    expect(planted).toEqual(plain.map(outcome => 'value' in outcome && outcome.value))
  })
})

describe('errors', () => {
  const round = (value: unknown) => {
    const outcome = attempt(payloadOf(value))
    return 'value' in outcome ? outcome.value : outcome
  }

  test.each<[string, unknown]>([
    ['an object without a way to text', Object.create(null)],
    ['a symbol', Symbol.for('a')],
    ['an object with a toString that is none', { toString: 1 }],
  ])('with %s for a name or message are built again', (_name, field) => {
    for (const key of ['name', 'message']) {
      const error = Object.defineProperty(new Error('e'), key, { value: field })
      // Node 20 tells such names apart by identity.
      expect(digest(round(error))).toBe(digest(error))
    }
  })

  test('with enumerable fields have them enumerable again', () => {
    for (const key of ['stack', 'name', 'message', 'cause', 'errors']) {
      const error = Object.defineProperty(new Error('e'), key, { value: 'v', enumerable: true })
      expect(isDeepStrictEqual(round(error), error)).toBe(true)
      expect(digest(round(error))).toBe(digest(error))
    }
  })

  test('do not show where the decoder was called', () => {
    const error = round(new TypeError('e'))
    expect((error as Error).stack).toBe('TypeError: e')
  })
})

test('links are found in any bytes, or are a typed error', () => {
  const key = asDigest('ab'.repeat(32))
  expect(linksOf(hex(`82 d952505820 ${key} 01`))).toEqual([{ offset: 1, digest: key, form: undefined }])
  for (const digits of ['', '81', '9f', 'd95250', 'd952505820', 'fb00']) {
    expect(() => linksOf(hex(digits))).toThrow(expect.objectContaining({ code: 'ERR_CORRUPT' }))
  }
})
