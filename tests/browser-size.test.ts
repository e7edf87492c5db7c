// What a page loads of the build, so that nobody lets it grow without seeing it.
import { describe, expect, test } from 'vitest'
import { browserBundle, browserSize } from '../scripts/browser-bundle.mjs'
import { repository } from './command.ts'

const KB = 1024

// Minified and gzipped, at the start. The goal for core is 20 KB: a digest keeps it, a whole cache does not (see
// bench/results.md).
test.each([
  ['a digest', "export { digest } from '@riposte/core'", 12],
  ['a cache in memory', "export { createCache, memoryStore } from '@riposte/core'", 50],
  ['all of core', "export * from '@riposte/core'", 65],
])('%s is no larger than was settled', async (_what, program, most) => {
  const { gzipped } = await browserSize(program, repository)
  expect(gzipped).toBeLessThanOrEqual(most * KB)
})

describe('a bundle for browsers', () => {
  const all = `export * from '@riposte/core'; export * from '@riposte/memo'`

  test('imports nothing, of Node least of all', async () => {
    expect((await browserBundle(all, repository)).imports).toEqual([])
  })

  test('loads what few programs use when it is first wanted', async () => {
    const { modules, atStart } = await browserBundle(all, repository)
    const later = Object.keys(modules).filter(name => !atStart.includes(name))
    expect(later).toEqual(expect.arrayContaining(['upkeep.js', 'piecewise.js']))
  })

  test('leaves out what is not used', async () => {
    const { modules } = await browserBundle("import '@riposte/core'; import '@riposte/memo'", repository)
    expect(Object.values(modules).join('').trim()).toBe('')
  })
})
