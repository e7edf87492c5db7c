import fc from 'fast-check'
import { expect, test } from 'vitest'
import { HitRecord } from '../../src/calls/hit-record.ts'
import { listedRecord } from '../../src/calls/listed-record.ts'
import { encodeRecord, openRecord, sealRecord } from '../../src/calls/record-codec.ts'
import type { StoredPart, StoredRecord } from '../../src/calls/stored-record.ts'
import { decodeValue } from '../../src/codec/decode-value.ts'
import { encodeValue } from '../../src/codec/encode-value.ts'
import { callDigest } from '../../src/engine.ts'
import { defaultRegistry, digest, type Entry } from '../../src/index.ts'

const digests = fc.string().map(text => digest(text))
const text = fc.string({ unit: 'binary', maxLength: 60 })
const nested = fc.record({
  terms: fc.array(fc.record({ path: text, digest: digests }), { maxLength: 3 }),
  cut: fc.boolean(),
})
const part: fc.Arbitrary<StoredPart> = fc.record({
  digest: digests,
  form: fc.option(digests, { nil: undefined }),
  inline: fc.option(fc.uint8Array({ maxLength: 2000 }), { nil: undefined }),
  nested: fc.option(nested, { nil: undefined }),
})
const records: fc.Arbitrary<StoredRecord> = fc.record({
  digest: fc.constant(callDigest({ namespace: '', name: '', version: undefined, conditions: [] }, [])),
  identity: fc.record({
    namespace: text,
    name: text,
    version: fc.oneof(fc.constant(undefined), text, fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer()),
    conditions: fc.array(digests, { maxLength: 2 }),
  }),
  names: fc.option(fc.array(text, { maxLength: 30 }), { nil: undefined }),
  args: fc.array(part, { maxLength: 30 }),
  result: part,
  expiresAt: fc.option(fc.oneof(fc.integer(), fc.double({ noNaN: true })), { nil: undefined }),
  threw: fc.boolean(),
  metadata: fc.dictionary(text, fc.jsonValue(), { noNullPrototype: true }),
  source: fc.option(fc.nat(2 ** 48 - 1), { nil: undefined }),
})

test('a record is read as it was written', () => {
  fc.assert(
    fc.property(records, fc.array(digests), (record, links) => {
      const entry = sealRecord(record.digest, encodeRecord(record, defaultRegistry).payload, links)
      const opened = openRecord(entry, defaultRegistry)
      expect(opened.record).toEqual(record)
      expect(opened.links).toEqual([...new Set(links)])
    }),
  )
})

test('a record is stored as the array of its fields would be', () => {
  fc.assert(
    fc.property(records, record => {
      const { payload } = encodeRecord(record, defaultRegistry)
      const fields = decodeValue(payload, { registry: defaultRegistry })
      const [node] = encodeValue(fields, { registry: defaultRegistry, inlineBelow: Number.POSITIVE_INFINITY }).nodes
      expect(Buffer.from(payload).equals(node!.payload)).toBe(true)
    }),
  )
})

const READERS = [
  ['openRecord', (entry: Entry) => openRecord(entry, defaultRegistry).record],
  ['a listing', (entry: Entry) => seen(listedRecord(entry, defaultRegistry))],
  ['a hit', (entry: Entry) => seen(new HitRecord(entry, defaultRegistry))],
] as const

test.each(READERS)('fields that a later version adds are passed over by %s', (who, read) => {
  fc.assert(
    fc.property(records, fc.jsonValue(), (record, later) => {
      const fields = fieldsOf(record)
      const longer = [...fields, ...(fields.length === 10 ? [undefined] : []), later, new Uint8Array(8)]
      // It takes all of such a record to find its source, which a hit does not read.
      const expected = who === 'a hit' ? { ...record, source: undefined } : record
      expect(read(entryOf(record, longer))).toEqual(expected)
    }),
  )
})

test('a record without a source is the array of ten fields that it was before there were any', () => {
  const [record] = fc.sample(records, 1)
  const fields = fieldsOf({ ...record!, source: undefined })
  expect(fields).toHaveLength(10)
  for (const [, read] of READERS) expect(read(entryOf(record!, fields)).source).toBeUndefined()
  expect(fieldsOf({ ...record!, source: 0x0102_0304_fffe })).toEqual([...fields, Uint8Array.of(1, 2, 3, 4, 255, 254)])
})

test.each([
  ['no digest', [undefined, undefined, undefined, undefined]],
  ['a digest that is too short', [new Uint8Array(31), undefined, undefined, undefined]],
  ['a form that is too long', [new Uint8Array(32), new Uint8Array(33), undefined, undefined]],
  ['a form that is no bytes', [new Uint8Array(32), null, undefined, undefined]],
])('a result with %s is corrupt for who reads all of its record, and for a hit', (_what, fields) => {
  const [record] = fc.sample(records, 1)
  const entry = entryOf(record!, [fields, ...fieldsOf(record!).slice(1)])
  for (const read of [() => openRecord(entry, defaultRegistry), () => new HitRecord(entry, defaultRegistry)]) {
    expect(read).toThrow(expect.objectContaining({ code: 'ERR_CORRUPT' }))
  }
})

test('a hit reads of a record what it needs, and all of it when asked', () => {
  fc.assert(
    fc.property(records, fc.array(digests, { maxLength: 3 }), (record, links) => {
      const entry = sealRecord(record.digest, encodeRecord(record, defaultRegistry).payload, links)
      const hit = new HitRecord(entry, defaultRegistry)
      expect(hit.size).toBe(entry.bytes.length)
      expect(hit.inline).toEqual(record.result.inline)
      expect(seen(hit)).toEqual(record)
    }),
  )
})

const result = [new Uint8Array(32), undefined, undefined, undefined]
const head = [result, undefined, false]

test.each<readonly [string, unknown]>([
  ['no array', {}],
  ['no fields', []],
  ['a result that is none', ['', undefined, false, '', '', undefined, [], undefined, [], {}]],
  ['a time that is none', [result, '', false, '', '', undefined, [], undefined, [], {}]],
  ['an end that is none', [result, undefined, 0, '', '', undefined, [], undefined, [], {}]],
  ['a name that is no text', [...head, '', 1, undefined, [], undefined, [], {}]],
  ['a version of another type', [...head, '', '', null, [], undefined, [], {}]],
  ['names that are no text', [...head, '', '', undefined, [], [1], [], {}]],
  ['a condition that is no digest', [...head, '', '', undefined, [new Uint8Array(31)], undefined, [], {}]],
  ['arguments that are none', [...head, '', '', undefined, [], undefined, [1], {}]],
  ['a form that is no digest', [...head, '', '', undefined, [], undefined, [[new Uint8Array(32), 'x']], {}]],
  [
    'a payload that is no bytes',
    [...head, '', '', undefined, [], undefined, [[new Uint8Array(32), undefined, 'x']], {}],
  ],
  [
    'terms that are none',
    [...head, '', '', undefined, [], undefined, [[new Uint8Array(32), undefined, undefined, [true, 'a']]], {}],
  ],
  [
    'terms that do not begin with a truth',
    [...head, '', '', undefined, [], undefined, [[new Uint8Array(32), undefined, undefined, ['a']]], {}],
  ],
  ['metadata that is no object', [...head, '', '', undefined, [], undefined, [], []]],
  ['a source that is no bytes', [...head, '', '', undefined, [], undefined, [], {}, '123456']],
  ['a source that is too long', [...head, '', '', undefined, [], undefined, [], {}, new Uint8Array(7)]],
])('an entry with %s is corrupt', (_what, fields) => {
  const [node] = encodeValue(fields, { registry: defaultRegistry, inlineBelow: Infinity }).nodes
  const key = callDigest({ namespace: '', name: '', version: undefined, conditions: [] }, [])
  const open = () => openRecord(sealRecord(key, node!.payload, []), defaultRegistry)
  expect(open).toThrow(expect.objectContaining({ code: 'ERR_CORRUPT' }))
})

test('a listing reads a record as any reader does, and so it reads what no record is', () => {
  fc.assert(
    fc.property(records, fc.array(digests), fc.nat(), fc.nat(255), (record, links, place, byte) => {
      const { payload } = encodeRecord(record, defaultRegistry)
      const entry = sealRecord(record.digest, payload, links)
      expect(seen(listedRecord(entry, defaultRegistry))).toEqual(record)
      const other = payload.slice()
      other[place % other.length] = byte
      const changed = sealRecord(record.digest, other, links)
      expect(outcome(() => seen(listedRecord(changed, defaultRegistry)))).toEqual(
        outcome(() => openRecord(changed, defaultRegistry).record),
      )
    }),
  )
})

/** All that a record says. */
function seen(record: StoredRecord): StoredRecord {
  const { digest: key, identity, names, args, expiresAt, threw, metadata, source } = record
  const { digest: of, form, inline, nested: inside } = record.result
  const result = { digest: of, form, inline, nested: inside }
  return { digest: key, identity, names, args, result, expiresAt, threw, metadata, source }
}

function fieldsOf(record: StoredRecord): readonly unknown[] {
  // A record is an array.
  return decodeValue(encodeRecord(record, defaultRegistry).payload, { registry: defaultRegistry }) as readonly unknown[]
}

function entryOf({ digest: key }: StoredRecord, fields: readonly unknown[]): Entry {
  const [node] = encodeValue(fields, { registry: defaultRegistry, inlineBelow: Number.POSITIVE_INFINITY }).nodes
  return sealRecord(key, node!.payload, [])
}

function outcome(read: () => StoredRecord): unknown {
  try {
    return read()
  } catch (error) {
    return (error as { code?: unknown }).code
  }
}
