import {
  type CallIndex,
  compareInOrder,
  type FindOptions,
  type FindOrder,
  type FoundEntry,
  matchesTerms,
  placeInOrder,
} from '@riposte/core'
import type { Rules } from '../cases.ts'
import { equal } from '../expect.ts'
import { bytesOf, keysFrom } from '../samples.ts'
import { RECORDS, THREE, termsOf } from './records.ts'

const FIELDS: readonly FindOrder['by'][] = [
  'key',
  'namespace',
  'name',
  'version',
  '/runtime/durationMs',
  '/tags/project',
  '/tags',
  '/tags/project/x',
  '/nobody/has it',
]

/** Conditions that leave all, some, and few; each together with every order. */
const CONDITIONS: Readonly<Record<string, FindOptions['where']>> = {
  'all records': [],
  'records of a name': [{ field: 'name', equals: 'slow' }],
  'records with metadata': [{ field: 'metadata', path: '/tags', test: undefined }],
  'records in a range': [{ field: 'metadata', path: '/runtime/durationMs', test: { gte: 0, lt: 1000 } }],
  'records with a part of a result': [{ field: 'resultPart', path: '/limit', equals: THREE }],
  'records with an argument': [{ field: 'argument', at: 0, path: '', equals: undefined }],
}

async function found(index: CallIndex, options: FindOptions): Promise<FoundEntry[]> {
  const entries: FoundEntry[] = []
  for await (const entry of index.find(options)) entries.push(entry)
  return entries
}

function textOf(entry: { readonly bytes: Uint8Array }): string {
  return new TextDecoder().decode(entry.bytes)
}

/** What a scan finds, as texts: those say more than keys. */
function expected(where: FindOptions['where'], order: FindOrder | undefined): readonly string[] {
  return RECORDS.filter(({ terms }) => matchesTerms(terms, where))
    .map(record => ({ ...placeInOrder(record.key, record.terms, order), bytes: record.bytes }))
    .sort((a, b) => compareInOrder(a, b, order))
    .map(textOf)
}

function inOrder(where: FindOptions['where'], order: FindOrder | undefined): (index: CallIndex) => Promise<void> {
  return async index => {
    await index.put(RECORDS, 'absent')
    const all = expected(where, order)
    equal((await found(index, { where, order })).map(textOf), all, 'all records')
    for (const size of [1, 4, 50]) {
      const pages: string[] = []
      for (let after: FindOptions['after']; ; ) {
        const page = await found(index, { where, order, after, limit: size })
        equal(page.length <= size, true, `at most ${size} were asked for`)
        pages.push(...page.map(textOf))
        const last = page.at(-1)
        if (last === undefined || page.length < size) break
        after = { key: last.key, value: last.value }
      }
      equal(pages, all, `pages of ${size}`)
    }
  }
}

/** Orders, places to go on from, and limits: what comes is what a sorted scan gives. */
export const ordering: Rules<CallIndex> = {
  ...Object.fromEntries(
    Object.entries(CONDITIONS).flatMap(([what, where]) => [
      [`${what}, in no order, by pages`, inOrder(where, undefined)],
      ...FIELDS.flatMap(by =>
        (['asc', 'desc'] as const).map(direction => [
          `${what} by ${by} ${direction}`,
          inOrder(where, { by, direction }),
        ]),
      ),
    ]),
  ),

  'a search goes on behind a place where nothing stands': async index => {
    const order: FindOrder = { by: '/n', direction: 'desc' }
    const keys = keysFrom('ab', 20)
    const records = keys.map((key, n) => ({
      key,
      bytes: bytesOf(String(n)),
      terms: termsOf({ metadata: { '/n': n } }),
    }))
    await index.put(records, 'absent')
    const first = await found(index, { where: [], order, limit: 5 })
    await index.delete(first.map(({ key }) => ({ key })))
    const last = first.at(-1)
    const after = last && { key: last.key, value: last.value }
    equal(
      (await found(index, { where: [], order, after })).map(textOf),
      keys.map((_, n) => String(19 - n)).slice(5),
      'behind it',
    )
  },

  'records that are equal in what they are ordered by ascend by key, either way': async index => {
    const keys = keysFrom('cd', 700)
    await index.put(
      keys.toReversed().map(key => ({ key, bytes: bytesOf('x'), terms: termsOf({ metadata: { '/n': 1 } }) })),
      'absent',
    )
    for (const direction of ['asc', 'desc'] as const) {
      const all = await found(index, { where: [], order: { by: '/n', direction } })
      equal(
        all.map(({ key }) => key),
        keys,
        direction,
      )
    }
  },

  'what is found says what it is ordered by': async index => {
    const metadata = { '/n': 1.5 }
    await index.put(
      [{ key: keysFrom('ab', 1)[0]!, bytes: bytesOf('x'), terms: termsOf({ name: 'f', version: '2', metadata }) }],
      'absent',
    )
    for (const [by, value] of [
      ['name', 'f'],
      ['version', 2],
      ['/n', 1.5],
      ['/m', undefined],
    ] as const) {
      const [entry] = await found(index, { where: [], order: { by, direction: 'asc' } })
      equal(entry?.value, value, `ordered by ${by}`)
    }
  },
}
