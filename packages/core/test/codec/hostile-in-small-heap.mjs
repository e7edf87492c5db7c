// Decodes bytes that are made to fill the heap, and prints how each ended.
// Run with a small heap: `node --max-old-space-size=64 hostile-in-small-heap.mjs`.
import { importInside } from '../../../../scripts/inside-core.mjs'

const [surface, { decodeValue }, { sealEntry }] = await importInside(
  'index.ts',
  'codec/decode-value.ts',
  'codec/entry.ts',
)
const { createCache, createRegistry, isRiposteError, memoryStore } = surface
const registry = createRegistry()

const filled = (byte, length, ...rest) => {
  const bytes = new Uint8Array(length + rest.length).fill(byte)
  bytes.set(rest, length)
  return bytes
}
const head = (initial, count) => [initial, count >>> 24, (count >>> 16) & 255, (count >>> 8) & 255, count & 255]

/** An object of a million names, the last of which may be the first again. */
function millionNames(lastIsFirst) {
  const count = 1_000_000
  const bytes = new Uint8Array(5 + count * 9)
  bytes.set(head(0xba, count))
  for (let i = 0; i < count; i += 1) {
    const name = lastIsFirst && i === count - 1 ? 0 : i
    bytes.set(Buffer.from(`\x67k${String(name).padStart(6, '0')}`, 'latin1'), 5 + i * 9)
  }
  return bytes
}

/** Arrays of nothing but holes, each as many as would be 256 MiB. */
function holes() {
  const count = 1000
  const one = Buffer.from('81d952521a01ffffff', 'hex')
  return Uint8Array.from([...head(0x9a, count), ...Array.from({ length: count }, () => [...one]).flat()])
}

/** What holds two of what holds two, and so on, in entries that are sealed. */
function nestedPairs(levels) {
  const key = level => level.toString(16).padStart(64, '0')
  const entries = Array.from({ length: levels }, (_, level) => {
    const link = level === 0 ? '01' : `d952505820${key(level - 1)}`
    const payload = Uint8Array.from(Buffer.from(`82${link}${link}`, 'hex'))
    const links = level === 0 ? [] : [key(level - 1)]
    return sealEntry(key(level), { linkable: true, formOf: undefined, links, payload })
  })
  return { entries, root: key(levels - 1) }
}

const decode = payload => decodeValue(payload, { registry })
const kinds = {
  'a million levels, cut short': () => decode(filled(0x81, 1_000_000)),
  'a million names, cut short': () => decode(millionNames(false).subarray(0, -1)),
  'a million names, one of them twice': () => decode(millionNames(true)),
  'four million objects and what is none': () => {
    const payload = filled(0xa0, 5 + 4_000_000, 0xff)
    payload.set(head(0x9a, 4_000_000))
    decode(payload)
  },
  'a million objects around an unknown tag': () => decode(filled(0xa1, 1_000_000, 0xd9, 0xff, 0xff, 0)),
  'lists that say they are long, in each other': () => {
    const payload = filled(0x9a, 5_000_000)
    for (let at = 0; at < payload.length; at += 5) payload.set(head(0x9a, 1_000_000), at)
    decode(payload)
  },
  'a thousand arrays of holes': () => decode(holes()),
  'thirty nested pairs': async () => {
    const { entries, root } = nestedPairs(30)
    const store = memoryStore()
    store.values.put(entries, 'replace')
    await createCache(store).values.load(root)
  },
}

const outcomes = {}
for (const [kind, run] of Object.entries(kinds)) {
  try {
    await run()
    outcomes[kind] = 'a value'
  } catch (error) {
    if (!isRiposteError(error)) throw error
    outcomes[kind] = error.code
  }
}
console.log(JSON.stringify(outcomes))
