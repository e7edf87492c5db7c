/**
 * Decodes damaged payloads and entries for as long as it is told. What comes out must be a value, which is then stored
 * and loaded again, or a typed error. Not part of `npm test`:
 *
 *     node packages/core/test/codec/fuzz.mjs --minutes 10 --seed 1
 */
import { importInside } from '../../../../scripts/inside-core.mjs'
import { groups } from '../../../../spec/vector-values.mjs'
import { realize } from '../../../../spec/vectors.mjs'

// Together, so that all know the same classes and errors.
const [surface, { decodeValue }, { encodeValue }, { openEntry, sealEntry }] = await importInside(
  'index.ts',
  'codec/decode-value.ts',
  'codec/encode-value.ts',
  'codec/entry.ts',
)
const { createRegistry, digest, digestOf, isRiposteError, ref } = surface

const options = Object.fromEntries(
  process.argv.slice(2).flatMap((name, i, all) => (name.startsWith('--') ? [[name.slice(2), Number(all[i + 1])]] : [])),
)
const { minutes = 1, seed = Date.now() % 2 ** 31 } = options
const core = { createRegistry, digest, digestOf, ref }
const registry = createRegistry()
const key = digest('the key of all entries here')
// Few items, lest time goes into building what is large but sound.
const limits = { items: 200_000, copies: 1000, bytes: 10_000_000, depth: 10_000 }

const payloads = groups.flatMap(([, values]) => values.flatMap(([, notation]) => payloadOf(notation)))
const entries = payloads.map(
  payload => sealEntry(key, { linkable: true, formOf: undefined, links: [key], payload }).bytes,
)

function payloadOf(notation) {
  if (/"t":"(own-digest|instance)"/.test(JSON.stringify(notation))) return []
  const { value } = realize(notation, core)
  const payload = encodeValue(value, { inlineBelow: 4096, registry }).nodes.at(-1)?.payload
  return payload === undefined || payload.length > 20_000 ? [] : [payload]
}

/** A stream of whole numbers below a bound, the same for the same seed (Marsaglia's xorshift, 32 bits). */
function createRandom(start) {
  let state = start | 1
  return bound => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % bound
  }
}

const random = createRandom(seed)
const pick = list => list[random(list.length)]

function damage(bytes) {
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
      const other = pick(payloads)
      return Uint8Array.from([...copy.subarray(0, at), ...other.subarray(random(other.length))])
    }
  }
  return copy
}

/** The value of a payload, or undefined for a typed error. */
function attempt(payload) {
  try {
    return { value: decodeValue(payload, { registry, limits }) }
  } catch (error) {
    if (isRiposteError(error)) return undefined
    throw error
  }
}

function storesAgain(value) {
  const { nodes, digest: before } = encodeValue(value, { inlineBelow: Infinity, registry })
  if (nodes.length === 0) return
  const after = digest(decodeValue(nodes.at(-1).payload, { registry }), { registry })
  if (after !== before) throw new Error(`its digest was ${before}, and ${after} when it was loaded`)
}

function opens(entry, bytes) {
  try {
    openEntry(key, bytes)
  } catch (error) {
    if (isRiposteError(error)) return
    throw error
  }
  if (Buffer.compare(entry, bytes) !== 0) throw new Error('a damaged entry was accepted')
}

console.log(`seed ${seed}, ${payloads.length} payloads`)
const end = Date.now() + minutes * 60_000
let runs = 0
let values = 0
while (Date.now() < end) {
  for (let i = 0; i < 500; i += 1) {
    const payload = damage(pick(payloads))
    const entry = pick(entries)
    const damaged = damage(entry)
    try {
      const outcome = attempt(payload)
      if (outcome !== undefined) {
        values += 1
        storesAgain(outcome.value)
      }
      opens(entry, damaged)
    } catch (error) {
      console.error(
        `run ${runs}\npayload ${Buffer.from(payload).toString('hex')}\nentry ${Buffer.from(damaged).toString('hex')}`,
      )
      throw error
    }
    runs += 1
  }
}
console.log(`${runs} runs, ${values} values, the rest typed errors`)
