// The packages as they are built for browsers, in one: `npm run test:browser`.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { browserBundle } from '../../scripts/browser-bundle.mjs'
import { repository } from '../command.ts'
import { reportOf } from './chromium.ts'

interface GroupReport {
  readonly group: string
  /** How many have their digest. */
  readonly right: number
  /** How many were saved and loaded. */
  readonly stored: number
  /** How many there is no value for in a browser. */
  readonly withoutBuffer: number
  readonly wrong: readonly string[]
}

interface Report {
  readonly failure?: string
  readonly found?: {
    readonly groups: readonly GroupReport[]
    readonly cache: unknown
    readonly memo: unknown
    readonly process: string
  }
}

const folder = join(repository, 'spec/vectors')
const groups = readdirSync(folder).map(file => {
  const { group, vectors } = JSON.parse(readFileSync(join(folder, file), 'utf8'))
  return { group: String(group), vectors: vectors as readonly unknown[] }
})

const { modules } = await browserBundle("import './page.mjs'", join(repository, 'tests/browser'))
const report: Report = JSON.parse(await reportOf({ modules, files: { '/vectors': JSON.stringify(groups) } }))

test('the page came to its end, without Node', () => {
  expect(report.failure).toBeUndefined()
  expect(report.found?.process).toBe('undefined')
})

test.each(groups)('vectors of $group have their digest, and are saved and loaded', ({ group, vectors }) => {
  const found = report.found?.groups.find(one => one.group === group)
  expect(found?.wrong).toEqual([])
  expect(found!.right + found!.withoutBuffer).toBe(vectors.length)
})

test('only Buffers and what holds a digest of something else is left out', () => {
  const sum = (count: (one: GroupReport) => number) => report.found!.groups.reduce((all, one) => all + count(one), 0)
  expect(sum(one => one.withoutBuffer)).toBe(4)
  expect(sum(one => one.stored)).toBeGreaterThan(300)
})

test('a cache in memory saves, loads whole and in part, expands and sweeps', () => {
  expect(report.found?.cache).toEqual({
    isDigest: true,
    fresh: true,
    contains: true,
    expanded: true,
    part: 2,
    swept: 1,
    after: false,
  })
})

test('a memoized function computes once, and its calls can be queried', () => {
  expect(report.found?.memo).toEqual({
    areas: [6, 6, 20, 6],
    runs: 2,
    records: 1,
    recorded: { area: 6 },
    explained: 'miss',
  })
})
