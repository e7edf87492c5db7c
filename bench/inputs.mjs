// The values that are digested, stored and passed: the same on every run and machine.

export const pair = () => [1, 'abc']

export const fields = (id = 12_345) => ({
  id,
  name: 'Alice Example',
  email: 'alice@example.org',
  active: true,
  score: 98.6,
  country: 'AT',
  parent: null,
  created: '2024-05-17T09:30:00Z',
  count: 42,
  ratio: 0.125,
})

/** A hundred records of ten leaves. */
export function records() {
  const random = createRandom(7)
  const users = Array.from({ length: 100 }, (_, id) => ({
    id,
    name: `user-${id}`,
    email: `user${id}@example.org`,
    active: random() < 0.5,
    profile: { age: Math.floor(random() * 80), city: `City ${Math.floor(random() * 1000)}`, score: random() * 100 },
    roles: ['admin', 'editor', `team-${id % 7}`],
  }))
  return { version: 1, users }
}

export function numbers(length = 100_000) {
  const random = createRandom(11)
  return Array.from({ length }, () => random() * 1000)
}

export const floats = () => Float64Array.from(numbers(1_000_000))

export const map = () => new Map(Array.from({ length: 1000 }, (_, n) => [`key-${n}`, { n, text: `value ${n}` }]))

export const rows = (length = 10_000) => Array.from({ length }, (_, id) => fields(id))

/** Points whose coordinates are whole numbers, as on a grid. */
export function wholePairs(length = 100_000) {
  const random = createRandom(13)
  return Array.from({ length }, () => [Math.floor(random() * 10_000), Math.floor(random() * 10_000)])
}

/** Points as longitude and latitude. */
export function fractionPairs(length = 100_000) {
  const random = createRandom(17)
  return Array.from({ length }, () => [random() * 360 - 180, random() * 180 - 90])
}

/** Numbers by name, in no order. */
export const dictionary = (length = 1000) =>
  Object.fromEntries(Array.from({ length }, (_, n) => [`id-${(n * 7919) % 1_000_003}`, n]))

/** About ten kilobytes of text, another one for each `id`. */
export const page = id => `${id}: ${'The quick brown fox jumps over the lazy dog. '.repeat(220)}`

/** The generator mulberry32: numbers from 0 to 1, always the same for a seed. */
function createRandom(seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
