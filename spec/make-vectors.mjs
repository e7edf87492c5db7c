/**
 * Writes vectors/*.json. With `--check` it writes nothing and fails if a vector would change, for vectors are for ever.
 *
 *     node spec/make-vectors.mjs --check
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { importInside } from '../scripts/inside-core.mjs'
import { vectorsOf } from './vectors.mjs'

const check = process.argv.includes('--check')
const [surface, { canonicalEncoding }] = await importInside('index.ts', 'digest/canonical-encoding.ts')
const core = { ...surface, canonicalEncoding }
let changed = 0
let count = 0
for (const [group, text] of vectorsOf(core)) {
  const file = new URL(`./vectors/${group}.json`, import.meta.url)
  count += JSON.parse(text).vectors.length
  if (!check) writeFileSync(file, text)
  else if (readFileSync(file, 'utf8') !== text) {
    changed += 1
    console.error(`vectors/${group}.json would change`)
  }
}
console.log(`${count} vectors, ${check ? `${changed} files would change` : 'written'}`)
process.exitCode = changed === 0 ? 0 : 1
