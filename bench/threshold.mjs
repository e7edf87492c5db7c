// What the link threshold of the digest costs on real data. A part whose encoding is larger is hashed on its own, so
// that it can be shared and referred to: a low threshold shares more and hashes more.
import crypto from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { importInside } from '../scripts/inside-core.mjs'
import { corpora } from './corpora.mjs'
import { jsonSha256 } from './floors.mjs'
import { measure } from './harness.mjs'
import { circumstances, duration, markdown } from './report.mjs'

const thresholds = [256, 512, 1024, 4096]

/** @param {{ write: boolean }} options */
export async function reportThreshold({ write }) {
  // The threshold is part of the format and no option of the public surface, so this goes to the encoder itself.
  const [{ Encoder }, { createRegistry }] = await importInside('digest/encoder.ts', 'registry/registry.ts')
  const registry = createRegistry()
  const encoder = new Encoder()
  const digestAt = (value, linkAbove) => encoder.digest(value, { registry, linkAbove })

  const parts = ['# The link threshold on real data\n', `${circumstances(['vega-datasets'])}\n`]
  parts.push(
    'Hashed: how many parts are hashed, the whole among them. Ratio: to JSON.stringify and SHA-256, measured in turns.\n',
  )
  for (const { title, value } of corpora()) {
    const [floor, ...times] = await measure([
      { name: 'JSON.stringify + SHA-256', run: () => jsonSha256(value) },
      ...thresholds.map(bytes => ({ name: `${bytes} bytes`, run: () => digestAt(value, bytes) })),
    ])
    const rows = times.map(({ name, median }, at) => [
      name,
      String(countHashes(() => digestAt(value, thresholds[at]))),
      duration(median),
      (median / floor.median).toFixed(2),
    ])
    rows.push([floor.name, '1', duration(floor.median), '1.00'])
    parts.push(`## ${title}\n\n${markdown(['threshold', 'hashed', 'median', 'ratio'], rows)}\n`)
    console.log(parts.at(-1))
  }
  if (write) writeFileSync(new URL('threshold.md', import.meta.url), `${parts.join('\n').trimEnd()}\n`)
}

/** How many times `body` hashes: every hash begins with one of two functions of node:crypto. */
function countHashes(body) {
  const { hash, createHash } = crypto
  let count = 0
  const counted =
    original =>
    (...args) => {
      count += 1
      return original(...args)
    }
  if (hash) crypto.hash = counted(hash)
  crypto.createHash = counted(createHash)
  syncBuiltinESMExports()
  try {
    body()
    return count
  } finally {
    if (hash) crypto.hash = hash
    crypto.createHash = createHash
    syncBuiltinESMExports()
  }
}
