import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterAll, expect, test } from 'vitest'
import { createCache, exact, fsStore, memoize, memoryStore, sqliteStore } from '../src/index.ts'

const folder = mkdtempSync(join(tmpdir(), 'inspect-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test.each([
  ['sqlite', () => sqliteStore(join(folder, 'riposte.db')), `sqlite:${join(folder, 'riposte.db')}`],
  ['fs', () => fsStore(join(folder, 'files')), `fs:${join(folder, 'files')}`],
])('a store in %s, and a cache over it, show where it is', async (_, open, label) => {
  const store = open()
  expect(inspect(store)).toBe(`Store { ${label} }`)
  await using cache = createCache(store)
  expect(inspect({ cache })).toBe(`{ cache: Cache { ${label} } }`)
})

test('a query of a function shows the function and what is asked of it', async () => {
  await using cache = createCache(memoryStore())
  const fit = memoize(async (city: string, options: { degree: number }) => city.length * options.degree, {
    cache,
    name: 'fit',
    params: ['city', 'options'],
  })
  expect(inspect(fit.query({ city: 'Oslo', options: exact({ degree: 2 }) }).take(3))).toBe(
    'Query { name: "fit", args: ["Oslo", exact({ degree: 2 })] }.take(3)',
  )
  await expect(fit.query({ city: 'Oslo' }).only()).rejects.toThrow(
    /^expected one call that matches \{ name: "fit", args: .*"Oslo".* \}; there is none$/,
  )
})
