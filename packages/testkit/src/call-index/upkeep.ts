import { type CallCondition, type CallEntry, type CallIndex, type Digest, isCallIndex } from '@riposte/core'
import type { Rules } from '../cases.ts'
import { equal, failsWith, isTrue } from '../expect.ts'
import { bytesOf, entry, keyFrom, keysFrom, listedKeys, pattern, touchedOf } from '../samples.ts'
import { ADA, BOB, RESULT, termsOf } from './records.ts'
import { found, foundKeys } from './searching.ts'

const A = keyFrom('aa')
const B = keyFrom('ab')

/** A record whose every term has to do with `name`. */
function record(key: Digest, name: string, bytes: Uint8Array = bytesOf(name)): CallEntry {
  const terms = termsOf({
    name,
    version: JSON.stringify(name),
    args: [[name, ADA, { [`/${name}`]: BOB }]],
    result: RESULT,
    resultParts: { [`/${name}`]: ADA },
    metadata: { [`/${name}`]: name },
  })
  return { key, bytes, terms }
}

/** One condition for each kind of term of a `record`. */
function conditionsOf(name: string): readonly CallCondition[] {
  return [
    { field: 'name', equals: name },
    { field: 'version', equals: JSON.stringify(name) },
    { field: 'argument', at: name, path: '', equals: ADA },
    { field: 'argument', at: name, path: `/${name}`, equals: BOB },
    { field: 'argument', at: name, path: '', equals: undefined },
    { field: 'resultPart', path: `/${name}`, equals: ADA },
    { field: 'resultPart', path: `/${name}`, equals: undefined },
    { field: 'metadata', path: `/${name}`, test: undefined },
    { field: 'metadata', path: `/${name}`, test: { equals: name } },
  ]
}

async function isFound(index: CallIndex, name: string, expected: readonly Digest[], what: string): Promise<void> {
  for (const condition of conditionsOf(name)) {
    equal(await foundKeys(index, [condition]), expected, `${what}: records found by ${condition.field} ${name}`)
  }
}

/** What becomes of terms when their record is written again or removed, and what may happen during a search. */
export const upkeep: Rules<CallIndex> = {
  'an index can be told from a plain backend': async index => {
    equal(isCallIndex(index), true, 'isCallIndex')
  },

  'nothing is found in an empty index': async index => {
    equal(await foundKeys(index, []), [], 'find')
    await isFound(index, 'f', [], 'an empty index')
  },

  'a record found is whole': async index => {
    const large = pattern(300_000)
    await index.put([record(A, 'f', large), record(B, 'f', bytesOf(''))], 'replace')
    const entries = await found(index, [{ field: 'name', equals: 'f' }])
    equal(
      entries.map(({ key }) => key),
      [A, B],
      'keys',
    )
    equal(
      entries.map(({ bytes }) => bytes),
      [large, bytesOf('')],
      'bytes',
    )
  },

  'terms of a replaced record go with it': async index => {
    await index.put([record(A, 'old'), record(B, 'old')], 'absent')
    await index.put([record(A, 'new')], 'replace')
    await isFound(index, 'old', [B], 'after replace')
    await isFound(index, 'new', [A], 'after replace')
    equal((await found(index, [{ field: 'name', equals: 'new' }]))[0]?.bytes, bytesOf('new'), 'bytes')
  },

  'terms of an entry that was not written do not count': async index => {
    await index.put([record(A, 'stands')], 'absent')
    for (const mode of ['absent', 'keep'] as const) {
      await index.put([record(A, 'refused')], mode)
      await isFound(index, 'stands', [A], `after put ${mode}`)
      await isFound(index, 'refused', [], `after put ${mode}`)
    }
  },

  'terms of a removed record go with it': async index => {
    await index.put([record(A, 'f'), record(B, 'f')], 'absent')
    await index.delete([{ key: A }])
    await isFound(index, 'f', [B], 'after delete')
    await index.put([record(A, 'again')], 'absent')
    await isFound(index, 'f', [B], 'after another record took the key')
    await isFound(index, 'again', [A], 'after another record took the key')
  },

  'a record that a guarded delete spared is still found': async index => {
    await index.put([record(A, 'f')], 'absent')
    await index.delete([{ key: A, touched: (await touchedOf(index, A)) - 1000 }])
    await isFound(index, 'f', [A], 'after a delete that spared it')
    await index.delete([{ key: A, touched: await touchedOf(index, A) }])
    await isFound(index, 'f', [], 'after a delete that removed it')
  },

  'touch changes nothing about what is found': async index => {
    await index.put([record(A, 'f')], 'absent')
    await index.touch([A])
    await isFound(index, 'f', [A], 'after touch')
  },

  'an entry without terms is stored, and found by no condition': async index => {
    await index.put([entry(A, 'plain'), record(B, 'f')], 'absent')
    equal(await index.get([A]), [bytesOf('plain')], 'get')
    equal(await listedKeys(index), [A, B], 'list')
    await isFound(index, 'f', [B], 'beside an entry without terms')
    equal(await foundKeys(index, [{ field: 'version', equals: undefined }]), [], 'records without a version')
    equal(await foundKeys(index, [{ field: 'namespace', equals: '' }]), [B], 'records without a namespace')
  },

  'an entry without terms takes the terms of what it replaces away': async index => {
    await index.put([record(A, 'f')], 'absent')
    await index.put([entry(A, 'plain')], 'replace')
    await isFound(index, 'f', [], 'after an entry without terms')
    await index.put([record(A, 'f')], 'replace')
    await isFound(index, 'f', [A], 'after a record with terms')
  },

  'terms given are not kept': async index => {
    const given = record(A, 'f')
    // Made writable: the index must not see it when somebody writes into what he gave.
    const args = given.terms.args as readonly { digest: Digest }[]
    await index.put([given], 'absent')
    for (const term of args) term.digest = RESULT
    await isFound(index, 'f', [A], 'after the terms given have changed')
  },

  'more than a page is found whole, ascending': async index => {
    const keys = keysFrom('abcd', 1100)
    await index.put(
      keys.toReversed().map((key, i) => record(key, i % 2 === 0 ? 'even' : 'odd')),
      'absent',
    )
    const even = keys.filter((_, i) => (keys.length - 1 - i) % 2 === 0)
    equal(await foundKeys(index, [{ field: 'name', equals: 'even' }]), even, 'records found')
    equal(await foundKeys(index, [{ field: 'result', equals: RESULT }]), keys, 'records found by result')
  },

  'a search may be left early': async index => {
    await index.put([record(A, 'f'), record(B, 'f')], 'absent')
    for (let i = 0; i < 5; i++) {
      for await (const { key } of index.find({ where: [{ field: 'name', equals: 'f' }] })) {
        equal(key, A, 'the first record')
        break
      }
    }
    equal(await index.put([record(A, 'g')], 'replace'), [undefined], 'put afterwards')
    await isFound(index, 'f', [B], 'afterwards')
  },

  'records may be written and removed during a search; all others are found once, in order': async index => {
    const all = keysFrom('ab', 60)
    const stays = all.filter((_, i) => i % 2 === 0)
    const goes = all.filter((_, i) => i % 2 === 1)
    await index.put(
      [...goes, ...stays].map(key => record(key, 'f')),
      'absent',
    )
    const seen: Digest[] = []
    for await (const { key, bytes } of index.find({ where: [{ field: 'name', equals: 'f' }] })) {
      equal(bytes, bytesOf('f'), 'the bytes of a record found')
      // Behind the search and ahead of it: an engine that counts rows loses its place.
      const gone = [key, goes.at(-1 - seen.length)].filter(one => one !== undefined).filter(one => goes.includes(one))
      const come = keyFrom(`cd${seen.length.toString(16).padStart(4, '0')}`)
      seen.push(key)
      await index.delete(gone.map(one => ({ key: one })))
      await index.put([record(come, 'g')], 'absent')
    }
    equal(seen, seen.toSorted(), 'the order of the search')
    equal(
      seen.filter(key => stays.includes(key)),
      stays,
      'the records that stayed',
    )
    isTrue(new Set(seen).size === seen.length, 'expected each record once')
    await isFound(index, 'f', stays, 'afterwards')
  },

  'find after close is ERR_CLOSED': async index => {
    await index.put([record(A, 'f')], 'absent')
    await index.close()
    await failsWith('ERR_CLOSED', 'find after close', () => found(index, []))
    await failsWith('ERR_CLOSED', 'put of a record after close', () => index.put([record(B, 'f')], 'absent'))
  },
}
