// Changes to payloads that keep most of their structure, so that what is wrong lies deep in what is right.
import { addressIn, parse, places, tags, write } from './fuzz-items.mjs'

const names = ['__proto__', 'constructor', 'prototype', 'toString', 'length', 'then', '0', '4294967295', '-0', '']
const text = name => ({ major: 3, argument: 0, body: new TextEncoder().encode(name) })
const float = value => {
  const body = new Uint8Array(8)
  new DataView(body.buffer).setFloat64(0, value)
  return { major: 7, argument: 27, body }
}
const edges = [
  { major: 7, argument: 23 },
  { major: 7, argument: 22 },
  { major: 7, argument: 24 },
  { major: 0, argument: 2 ** 53 - 1 },
  { major: 0, argument: 2 ** 53 },
  { major: 1, argument: 2 ** 53 - 2 },
  ...[Number.NaN, -0, 1, 1.5, Infinity, 2 ** 60].map(float),
  { major: 4, argument: 0, items: [] },
  { major: 5, argument: 0, items: [] },
  { major: 6, argument: 21_074, items: [{ major: 0, argument: 33_000_000 }] },
  { major: 6, argument: 21_074, items: [{ major: 0, argument: 3 }] },
]

/**
 * @param {Uint8Array} payload
 * @param {{ random: (bound: number) => number, others: readonly Uint8Array[], addresses: readonly string[] }} from
 * @returns {Uint8Array}
 */
export function mutate(payload, from) {
  // In a list, so that the outermost item has a place too.
  const root = [parse(payload)]
  const count = 1 + from.random(3)
  for (let i = 0; i < count; i += 1) {
    const all = [...places(root[0], root, 0)]
    mutations[from.random(mutations.length)](all[from.random(all.length)], { ...from, all, root })
  }
  return write(root[0])
}

const copy = item => structuredClone(item)
const pick = (list, random) => list[random(list.length)]

/** Each changes one place, and may do nothing where it does not fit. */
const mutations = [
  // Lengths and counts that are wrong, a little and beyond all bounds.
  ({ item }, { random }) => {
    item.claim = pick(
      [item.argument + 1, Math.max(0, item.argument - 1), 0, 255, 65_536, 2 ** 32 - 1, 2 ** 53 - 1],
      random,
    )
  },
  // Another kind over the same content.
  ({ item }, { random }) => {
    item.major = random(8)
  },
  ({ item, list, index }, { random }) => {
    if (item.major === 6) item.argument = pick(tags, random)
    else list[index] = { major: 6, argument: pick(tags, random), items: [item] }
  },
  // A tag taken off.
  ({ item, list, index }) => {
    if (item.items?.length === 1) list[index] = item.items[0]
  },
  // Properties, pairs and items twice, in another order, more, fewer.
  ({ item }, { random }) => {
    if (!item.items?.length) return
    const at = item.major === 5 ? random(Math.ceil(item.items.length / 2)) * 2 : random(item.items.length)
    const same = item.items.slice(at, at + (item.major === 5 ? 2 : 1)).map(copy)
    if (same.length === 2 && random(2) === 0) same[1] = copy(pick(edges, random))
    item.items.push(...same)
  },
  ({ item }, { random }) => {
    if (!item.items?.length) return
    const step = item.major === 5 ? 2 : 1
    const [a, b] = [0, 1].map(() => random(Math.ceil(item.items.length / step)) * step)
    for (let i = 0; i < step && Math.max(a, b) + i < item.items.length; i += 1) {
      const kept = item.items[a + i]
      item.items[a + i] = item.items[b + i]
      item.items[b + i] = kept
    }
  },
  ({ item }, { random }) => {
    if (item.items?.length) item.items.splice(random(item.items.length), 1)
  },
  ({ item }, { random }) => {
    item.items?.splice(random(item.items.length + 1), 0, copy(pick(edges, random)))
  },
  // Copies of itself, inside itself.
  ({ item, list, index }, { random }) => {
    list[index] = { major: 4, argument: 0, items: Array.from({ length: 1 + random(3) }, () => copy(item)) }
  },
  ({ item, list, index }, { random }) => {
    let nested = copy(item)
    for (let level = random(300); level > 0; level -= 1) nested = { major: 4, argument: 0, items: [nested] }
    list[index] = nested
  },
  // Other links: to other entries, to none, to itself, with a form.
  ({ item, list, index }, { random, addresses }) => {
    const bytes = Buffer.from(pick(addresses, random), 'hex')
    if (random(8) === 0) bytes[random(32)] ^= 1
    const target = addressIn(item) === undefined || random(2) === 0 ? bytes : Buffer.concat([item.items[0].body, bytes])
    const content = { major: 2, argument: 0, body: Uint8Array.from(target) }
    list[index] = { major: 6, argument: 21_072, items: [content] }
  },
  // Parts from elsewhere.
  ({ list, index }, { random, others }) => {
    const there = [...places(parse(pick(others, random)), [], 0)]
    list[index] = copy(pick(there, random).item)
  },
  ({ list, index }, { random, all }) => {
    list[index] = copy(pick(all, random).item)
  },
  ({ list, index }, { random }) => {
    list[index] = copy(pick(edges, random))
  },
  // Other heads for the same.
  ({ item }, { random }) => {
    item.width = 2 ** random(4)
  },
  ({ item }) => {
    if (item.major >= 2 && item.major <= 5) item.indefinite = true
  },
  // Names and content.
  ({ item, list, index }, { random }) => {
    if (item.major === 3) list[index] = text(pick(names, random))
  },
  ({ item }, { random }) => {
    if (item.body?.length) item.body[random(item.body.length)] ^= 1 << random(8)
  },
  ({ item }, { random }) => {
    if (item.major < 2)
      item.argument = pick([0, 23, 24, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, item.argument + 1], random)
  },
]
