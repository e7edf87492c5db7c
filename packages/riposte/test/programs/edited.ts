/**
 * A process with a body that was edited since the last: `BODY=<module> STORE=<fs or sqlite> CODE=<option> node edited.mjs`.
 * Prints what calls of 1, 2 and 3 give, and what `explain` says of that of 1.
 */
import { pathToFileURL } from 'node:url'
import { type Cache, createCache, fsStore, memoize, sqliteStore } from 'riposte'

const { BODY = '', STORE, CODE } = process.env
const { body } = (await import(pathToFileURL(BODY).href)) as { readonly body: (x: number) => number }
await using cache: Cache = createCache(STORE === 'sqlite' ? sqliteStore('store.db') : fsStore('store'))
// What is no option is left to be refused.
const code = CODE as 'warn' | 'body' | 'ignore' | undefined
const f = memoize(body, { cache, name: 'f', params: ['x'], ...(code === undefined ? {} : { code }) })
const results = [await f(1), await f(2), await f(3)]
console.log(JSON.stringify({ results, explained: String(await f.explain(1)) }))
