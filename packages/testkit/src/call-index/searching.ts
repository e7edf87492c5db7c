import { type CallCondition, type CallIndex, type Entry, matchesTerms } from '@riposte/core'
import type { Rules } from '../cases.ts'
import { equal } from '../expect.ts'
import { CONDITIONS } from './conditions.ts'
import { RECORDS } from './records.ts'

/** What a search gives, to its end. */
export async function found(index: CallIndex, where: readonly CallCondition[]): Promise<Entry[]> {
  const entries: Entry[] = []
  for await (const entry of index.find({ where })) entries.push(entry)
  return entries
}

export async function foundKeys(index: CallIndex, where: readonly CallCondition[]): Promise<string[]> {
  return (await found(index, where)).map(entry => entry.key)
}

function search(where: readonly CallCondition[]): (index: CallIndex) => Promise<void> {
  return async index => {
    await index.put(RECORDS, 'absent')
    const expected = RECORDS.filter(record => matchesTerms(record.terms, where)).sort((a, b) =>
      a.key < b.key ? -1 : 1,
    )
    const entries = await found(index, where)
    // By their texts first, since "record 12" says more than a key.
    equal(entries.map(textOf), expected.map(textOf), 'the records found')
    equal(
      entries.map(entry => entry.key),
      expected.map(record => record.key),
      'their keys',
    )
  }
}

function textOf(entry: Entry): string {
  return new TextDecoder().decode(entry.bytes)
}

/** A rule for each search of the table. */
export const searching: Rules<CallIndex> = Object.fromEntries(
  Object.entries(CONDITIONS).map(([asked, where]) => [`find by ${asked}`, search(where)]),
)
