// A value to bytes and back: the stored form alone, then saving and loading in memory, beside the codecs that Node has.
// Riposte also hashes, verifies and splits; the others only write and read.
import { deserialize, serialize } from 'node:v8'
import { createCache, digest, memoryStore } from '@riposte/core'
import { importInside } from '../../scripts/inside-core.mjs'
import { fields, floats, map, numbers, page, records } from '../inputs.mjs'

export const packages = []

const inputs = [
  { title: 'an object of 10 fields', value: fields(), json: true },
  { title: '100 records, 1,000 leaves', value: records(), json: true },
  { title: 'a text of 10 KB', value: page(1), json: true },
  { title: 'an array of 100,000 numbers', value: numbers(), json: true },
  { title: 'a Float64Array of 1,000,000', value: floats(), json: false },
  { title: 'a Map of 1,000 objects', value: map(), json: false },
]

export async function* cases() {
  for (const { title, value, json } of inputs) {
    const { values } = createCache(memoryStore())
    const key = await values.save(value)
    const packed = serialize(value)
    const text = json ? JSON.stringify(value) : ''
    yield* storedForm(title, value, text)
    yield {
      title: `save ${title}, already stored`,
      contenders: [
        { name: 'riposte: save', run: () => values.save(value), later: true },
        { name: 'v8.serialize', run: () => serialize(value) },
        ...(json ? [{ name: 'JSON.stringify', run: () => JSON.stringify(value) }] : []),
      ],
    }
    yield {
      title: `load ${title}`,
      contenders: [
        { name: 'riposte: load', run: () => values.load(key), later: true },
        // Of a typed array this makes a view of the bytes that it was given.
        {
          name: ArrayBuffer.isView(value) ? 'v8.deserialize, no copy' : 'v8.deserialize',
          run: () => deserialize(packed),
        },
        { name: 'structuredClone', run: () => structuredClone(value) },
        ...(json ? [{ name: 'JSON.parse', run: () => JSON.parse(text) }] : []),
      ],
    }
  }
  for (const length of [100, 1000]) yield* objectsOf(length)
}

/** Objects of so many properties: of one kind, as rows of a wide table are, and of keys that are data. */
async function* objectsOf(length) {
  const byName = name => Object.fromEntries(Array.from({ length }, (_, n) => [name(n), n]))
  const others = Array.from({ length: 50 }, (_, row) => byName(n => `id-${row * length + n}`))
  yield* decoding(`an object of ${length} fields`, [byName(n => `field-${n}`)])
  yield* decoding(`objects of ${length} keys, others each time`, others)
}

async function* decoding(title, objects) {
  const [{ encodeValue }, { decodeValue }, { defaultRegistry: registry }] = await inside()
  const options = { registry, inlineBelow: Number.POSITIVE_INFINITY }
  const payloads = objects.map(value => encodeValue(value, options).nodes[0].payload)
  const texts = objects.map(value => JSON.stringify(value))
  yield {
    title: `value of the stored form of ${title}`,
    contenders: [
      { name: 'riposte: decode', run: i => decodeValue(payloads[i % payloads.length], options) },
      { name: 'JSON.parse', run: i => JSON.parse(texts[i % texts.length]) },
    ],
  }
}

function inside() {
  return importInside('codec/encode-value.ts', 'codec/decode-value.ts', 'registry/registry.ts')
}

/** Encoding takes the digest too, in the same pass. Neither is public by itself. */
async function* storedForm(title, value, text) {
  const [{ encodeValue }, { decodeValue }, { defaultRegistry: registry }] = await inside()
  const options = { registry, inlineBelow: Number.POSITIVE_INFINITY }
  const { payload } = encodeValue(value, options).nodes[0]
  const json = text !== ''
  yield {
    title: `stored form of ${title}`,
    contenders: [
      { name: 'riposte: encode, with the digest', run: () => encodeValue(value, options) },
      { name: 'riposte: digest', run: () => digest(value) },
      ...(json ? [{ name: 'JSON.stringify', run: () => JSON.stringify(value) }] : []),
    ],
  }
  yield {
    title: `value of the stored form of ${title}`,
    contenders: [
      { name: 'riposte: decode', run: () => decodeValue(payload, options) },
      ...(json ? [{ name: 'JSON.parse', run: () => JSON.parse(text) }] : []),
    ],
  }
}
