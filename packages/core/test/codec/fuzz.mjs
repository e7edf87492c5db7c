/**
 * Loads damaged values for as long as it is told, ten minutes unless told otherwise. What comes out is a typed error, or
 * a value that says all that was stored, and that is stored and loaded again the same. Not part of `npm test`:
 *
 *     node packages/core/test/codec/fuzz.mjs --minutes 10 --seed 1
 *     node packages/core/test/codec/fuzz.mjs --seed 1 --run 4711
 *
 * The second does one run again. Half of the runs change the structure of what lies behind the seal and seal it again;
 * the other half change bytes, of payloads and of sealed entries.
 */
import { parseArgs } from 'node:util'
import { importInside } from '../../../../scripts/inside-core.mjs'
import { groups } from '../../../../spec/vector-values.mjs'
import { realize } from '../../../../spec/vectors.mjs'
import { meaningOf, parse, UNSURE } from './fuzz-items.mjs'
import { mutate } from './fuzz-mutations.mjs'

// Together, so that all know the same classes and errors.
const [
  surface,
  { decodeValue, linksOf },
  { encodeValue },
  entry,
  { addressOf },
  { checkWellFormed },
  { DEFAULT_LIMITS },
] = await importInside(
  'index.ts',
  'codec/decode-value.ts',
  'codec/encode-value.ts',
  'codec/entry.ts',
  'codec/types.ts',
  'codec/well-formed.ts',
  'codec/limits.ts',
)
const { createCache, createRegistry, digest, digestOf, isRiposteError, memoryStore, ref } = surface
const { distinctAddresses, openEntry, sealEntry } = entry

const { values: given } = parseArgs({
  options: { minutes: { type: 'string' }, seed: { type: 'string' }, run: { type: 'string' } },
})
const minutes = numberOf('minutes', 10)
const seed = numberOf('seed', Date.now() % 2 ** 31)
const only = numberOf('run', undefined)
const core = { createRegistry, digest, digestOf, ref }
const registry = createRegistry()
/** Processor time of one run. Most take a millisecond; what grows faster than its bytes takes longer than this soon. */
const mostMs = 5000

/** Values as their entries: payloads by address, children first. */
const stored = groups.flatMap(([, values]) =>
  values.flatMap(([, notation]) => [0, 64, 4096].flatMap(inlineBelow => storedAs(notation, inlineBelow))),
)
const payloads = stored.flatMap(parts => [...parts.values()])
const addresses = [...new Set(stored.flatMap(parts => [...parts.keys()]))]

function numberOf(name, otherwise) {
  if (given[name] === undefined) return otherwise
  const number = Number(given[name])
  if (Number.isFinite(number)) return number
  throw new TypeError(`expected --${name} as a number; got ${JSON.stringify(given[name])}`)
}

function storedAs(notation, inlineBelow) {
  if (/"t":"(own-digest|instance)"/.test(JSON.stringify(notation))) return []
  const { nodes } = encodeValue(realize(notation, core).value, { inlineBelow, registry })
  const size = nodes.reduce((sum, { payload }) => sum + payload.length, 0)
  return nodes.length === 0 || size > 20_000 ? [] : [new Map(nodes.map(node => [addressOf(node), node.payload]))]
}

/** A stream of whole numbers below a bound, the same for the same seed and run (Marsaglia's xorshift, 32 bits). */
function createRandom(start) {
  let state = start | 1
  return bound => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % bound
  }
}

const pick = (list, random) => list[random(list.length)]

function damage(bytes, random) {
  const copy = Uint8Array.from(bytes)
  for (let i = random(4); i >= 0; i -= 1) {
    if (copy.length === 0) return copy
    const at = random(copy.length)
    const kind = random(5)
    if (kind === 0) copy[at] ^= 1 << random(8)
    else if (kind === 1) copy[at] = random(256)
    else if (kind === 2) copy.copyWithin(at, random(copy.length), random(copy.length))
    else if (kind === 3) return copy.subarray(0, at)
    else {
      const other = pick(payloads, random)
      return Uint8Array.from([...copy.subarray(0, at), ...other.subarray(random(other.length))])
    }
  }
  return copy
}

/** What `make` returns, or undefined for a typed error. */
function attempt(make) {
  try {
    return { value: make() }
  } catch (error) {
    if (isRiposteError(error)) return undefined
    throw error
  }
}

/** Seals entries again after one of them was changed, and loads the value that they hold. */
async function structured(random) {
  const parts = new Map(pick(stored, random))
  const keys = [...parts.keys()]
  const changed = pick(keys, random)
  const mutated = mutate(parts.get(changed), {
    random,
    others: payloads,
    addresses: [...keys, ...addresses.slice(0, 8)],
  })
  const payload = random(8) === 0 ? damage(mutated, random) : mutated
  parts.set(changed, payload)
  const store = memoryStore()
  const cache = createCache(store, { onWarning: () => {} })
  const entries = [...parts].map(([key, bytes]) => {
    const links = attempt(() => distinctAddresses(linksOf(bytes)))?.value ?? []
    return sealEntry(key, { linkable: bytes.length > 1024, formOf: undefined, links, payload: bytes })
  })
  store.values.put(entries, 'replace')
  const root = keys.at(-1)
  const loaded = await cache.values.load(root).then(
    value => ({ value }),
    error => {
      if (!isRiposteError(error)) throw error
    },
  )
  walksAlike(payload)
  return loaded && says(loaded.value, parts.get(root), address => parts.get(address))
}

/** Changes bytes of a payload, which nothing seals, and of a sealed entry. */
function unstructured(random) {
  const [key, payload] = pick([...pick(stored, random)], random)
  const damaged = damage(payload, random)
  const { bytes } = sealEntry(key, { linkable: true, formOf: undefined, links: [key], payload })
  const entryBytes = damage(bytes, random)
  const opened = attempt(() => openEntry(key, entryBytes))
  if (opened !== undefined && Buffer.compare(bytes, entryBytes) !== 0) throw new Error('a damaged entry was accepted')
  walksAlike(damaged)
  const decoded = attempt(() => decodeValue(damaged, { registry }))
  return decoded && says(decoded.value, damaged, () => undefined)
}

/** What the walk before building refuses, building refuses. */
function walksAlike(payload) {
  if (attempt(() => checkWellFormed(payload, DEFAULT_LIMITS)) !== undefined) return
  if (attempt(() => decodeValue(payload, { registry })) !== undefined)
    throw new Error('the walk refuses what is a value')
}

/** Whether a value says what a payload says, and is the same when it is stored and loaded again. */
function says(value, payload, part) {
  const encoded = attempt(() => encodeValue(value, { inlineBelow: Infinity, registry }))?.value
  if (encoded === undefined || encoded.nodes.length === 0) return false
  const again = encoded.nodes.at(-1).payload
  const meant = meaningOf(parse(payload), part)
  const is = meaningOf(parse(again), () => undefined)
  if (meant.includes(UNSURE)) return false
  if (meant !== is) throw new Error(`stored was\n${meant}\nand loaded\n${is}`)
  const second = encodeValue(decodeValue(again, { registry }), { inlineBelow: Infinity, registry })
  if (second.digest !== encoded.digest) throw new Error(`its digest was ${encoded.digest}, and then ${second.digest}`)
  if (Buffer.compare(second.nodes.at(-1).payload, again) !== 0)
    throw new Error('its bytes are others when it is stored again')
  return true
}

const guarded = [Object, Array, Function, Map, Set, Error, Date, RegExp, Uint8Array, String, Symbol, Promise].flatMap(
  type => [type, type.prototype],
)
const state = () =>
  guarded.map(object =>
    Reflect.ownKeys(object)
      .map(key => [key, Object.getOwnPropertyDescriptor(object, key)])
      .concat([['prototype', { value: Object.getPrototypeOf(object) }]]),
  )
const before = state()

function prototypesStand() {
  const now = state()
  const same = before.every(
    (properties, i) =>
      properties.length === now[i].length &&
      properties.every(([key, { value, get, set }], k) => {
        const [nowKey, descriptor] = now[i][k]
        return key === nowKey && value === descriptor.value && get === descriptor.get && set === descriptor.set
      }),
  )
  if (!same) throw new Error('a built-in object was changed')
}

async function once(run) {
  const random = createRandom(Math.imul(seed ^ Math.imul(run + 1, 0x9e3779b1), 0x85ebca6b) >>> 0)
  const begin = process.cpuUsage()
  const isValue = await (random(2) === 0 ? structured(random) : unstructured(random))
  const { user, system } = process.cpuUsage(begin)
  const tookMs = (user + system) / 1000
  if (tookMs > mostMs) throw new Error(`it took ${tookMs} ms of the processor`)
  prototypesStand()
  return isValue
}

console.log(`seed ${seed}, ${stored.length} values in ${payloads.length} entries`)
const end = Date.now() + minutes * 60_000
let runs = only ?? 0
let values = 0
do {
  try {
    if (await once(runs)) values += 1
  } catch (error) {
    console.error(`run ${runs}: to repeat it, --seed ${seed} --run ${runs}`)
    throw error
  }
  runs += 1
} while (only === undefined && Date.now() < end)
if (only === undefined) console.log(`${runs} runs, ${values} values, the rest typed errors`)
