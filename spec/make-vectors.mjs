/**
 * Writes vectors/*.json. With `--check` it writes nothing and fails if a vector would change, for vectors are for ever.
 *
 *     npm run build && node spec/make-vectors.mjs --check
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { canonicalEncoding } from '../packages/core/dist/digest/canonical-encoding.js'
import { createRegistry, digest, digestOf, ref } from '../packages/core/dist/index.js'
import { vectorsOf } from './vectors.mjs'

const check = process.argv.includes('--check')
const core = { createRegistry, digest, digestOf, ref, canonicalEncoding }
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
