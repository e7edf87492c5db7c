// digest(value) beside what others make of a value to know it by.
import { digest } from '@riposte/core'
import objectHash from 'object-hash'
import { hash as ohash } from 'ohash'
import { jsonSha256, sha256 } from '../floors.mjs'
import { dictionary, fields, floats, fractionPairs, map, numbers, pair, records, rows, wholePairs } from '../inputs.mjs'

export const packages = ['object-hash', 'ohash']

const json = { name: 'floor: JSON.stringify + SHA-256', run: jsonSha256 }
const bytes = { name: 'floor: SHA-256 of the bytes', run: value => sha256(new Uint8Array(value.buffer)) }

const inputs = [
  { title: "[1, 'abc']", value: pair(), floor: json },
  { title: 'an object of 10 fields', value: fields(), floor: json },
  { title: '100 records, 1,000 leaves', value: records(), floor: json },
  { title: '10,000 rows of 10 fields', value: rows(), floor: json },
  { title: 'an object of 1,000 keys', value: dictionary(), floor: json },
  { title: '100,000 pairs of whole numbers', value: wholePairs(), floor: json },
  { title: '100,000 pairs of fractions', value: fractionPairs(), floor: json },
  { title: 'an array of 100,000 numbers', value: numbers(), floor: json },
  { title: 'a Float64Array of 1,000,000', value: floats(), floor: bytes },
  { title: 'a Map of 1,000 objects', value: map(), floor: undefined },
]

/** @returns {AsyncIterable<{ title: string, contenders: import('../harness.mjs').Contender[] }>} */
export async function* cases() {
  for (const { title, value, floor } of inputs) {
    const functions = [
      { name: 'riposte', run: digest },
      { name: 'ohash', run: ohash },
      { name: 'object-hash (SHA-256)', run: given => objectHash(given, { algorithm: 'sha256' }) },
      ...(floor ? [floor] : []),
    ]
    yield {
      title: `digest of ${title}`,
      contenders: functions.map(({ name, run }) => ({ name, run: () => run(value) })),
    }
  }
}
