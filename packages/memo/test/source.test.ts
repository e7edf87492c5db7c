import {
  type Cache,
  type CacheWarning,
  createCache,
  createRegistry,
  readOnly,
  type SyncStore,
  tiered,
} from '@riposte/core'
import { expect, test } from 'vitest'
import { testStore } from '../../core/test/support/test-store.ts'
import { memoize, memoizeMethod, memoizer, memoizeSync } from '../src/index.ts'
import { deferred, settled, watched } from './caches.ts'

const old = (x: number): readonly unknown[] => [x]
const edited = (x: number): readonly unknown[] => [x, 'edited']

type Options = Omit<Parameters<typeof memoize<typeof old>>[1], 'name' | 'cache'>

/** What a body computes for 1, 2 and 3, in a store. */
async function storeOf(body: typeof old, options: Options = {}): Promise<SyncStore> {
  const store = testStore()
  const f = memoize(body, { ...options, cache: createCache(store), name: 'f' })
  for (const x of [1, 2, 3]) await f(x)
  return store
}

/** The edited body over a store, as in another process: nothing is hot. */
function editedOver(store: SyncStore, options: Options = {}) {
  const { cache, warnings } = watched(store)
  return { f: memoize(edited, { ...options, cache, name: 'f' }), warnings }
}

const codes = (warnings: readonly CacheWarning[]): readonly string[] => warnings.map(({ code }) => code)

test.each<readonly [string, readonly string[], (f: ReturnType<typeof editedOver>['f']) => unknown]>([
  ['a call', ['source'], f => f(1)],
  ['withRefs', ['source'], f => f.withRefs(1)],
  ['ref', ['source'], f => f.ref(1)],
  ['lazy', ['source'], f => f.lazy(1)],
  ['load', ['source'], f => f.load(1)],
  [
    'each way to call',
    ['source'],
    async f => [await f(1), await f.ref(2), await f(1), await f.load(3), await f.lazy(3)],
  ],
  ['calls at once', ['source'], f => Promise.all([f(1), f(1), f(2)])],
  ['a call that is not recorded', [], f => f(4)],
  [
    'a call after such, and again',
    ['source'],
    async f => [await f(4), await f.rerun(1), await f(1), await f(2), await f(3)],
  ],
  ['contains', [], f => f.contains(1)],
  ['record', [], f => f.record(1)],
  ['peek', [], f => f.peek(1)],
  ['query', [], f => f.query().toArray()],
  ['explain', [], f => f.explain(1)],
  ['evict, and a call', [], async f => [await f.evict(1), await f(1)]],
  ['rerun, and what it recorded', [], async f => [await f.rerun(1), await f.load(1), await f.ref(1)]],
  ['seed, and what it recorded', [], async f => [await f.seed([1], [0]), await f.load(1), await f.ref(1)]],
])('of an edited body, %s warns %j', async (_what, expected, use) => {
  const { f, warnings } = editedOver(await storeOf(old))
  await use(f)
  expect(codes(warnings)).toEqual(expected)
})

test.each<readonly [string, Options, readonly string[]]>([
  ['no options', {}, ['source']],
  ["code: 'warn'", { code: 'warn' }, ['source']],
  ["code: 'ignore'", { code: 'ignore' }, []],
  ["code: 'body'", { code: 'body' }, []],
  ['storeArguments: false', { storeArguments: false }, ['source']],
  ['strict', { strict: true }, ['source']],
  ['lease: false', { lease: false }, ['source']],
  ["results: 'frozen'", { results: 'frozen' }, ['source']],
  ['a key', { key: x => [x] }, ['source']],
])('with %s an edited body warns %j', async (_what, options, expected) => {
  const { f, warnings } = editedOver(await storeOf(old, options), options)
  expect(await f(1)).toEqual(options.code === 'body' ? [1, 'edited'] : [1])
  expect(codes(warnings)).toEqual(expected)
})

test('of what the source text of today computed, nothing is said', async () => {
  const { f, warnings } = editedOver(await storeOf(edited))
  expect([await f(1), await f.load(2), warnings]).toEqual([[1, 'edited'], [2, 'edited'], []])
})

test.each<readonly [string, (body: typeof old, cache: Cache<SyncStore>) => (x: number) => unknown]>([
  ['memoize', (body, cache) => memoize(body, { cache, name: 'f' })],
  ['memoizeSync', (body, cache) => memoizeSync(body, { cache, name: 'f' })],
  [
    'memoizeMethod',
    (body, cache) => memoizeMethod(body, { cache, name: 'f', context: 'ignore' }) as (x: number) => unknown,
  ],
])('%s warns of an edited body', async (_form, make) => {
  const store = testStore()
  await make(old, createCache(store))(1)
  const { cache, warnings } = watched(store)
  const f = make(edited, cache)
  expect([await f(1), await f(1)]).toEqual([[1], [1]])
  expect(codes(warnings)).toEqual(['source'])
})

test("a memoizer says with { code: 'ignore' } that no function is to warn", async () => {
  const { cache, warnings } = watched(await storeOf(old))
  await memoizer({ cache, code: 'ignore' })(edited, { name: 'f' })(1)
  expect(warnings).toEqual([])
})

test('the warning says of which function it is, when the result was recorded and what to do', async () => {
  const before = Date.now()
  const identity = { namespace: 'app', version: 3 }
  const { f, warnings } = editedOver(await storeOf(old, identity), identity)
  await f(1)
  const { message } = warnings[0]!
  for (const part of ['"app" "f" version 3', '`version`', "{ code: 'body' }", "{ code: 'ignore' }"]) {
    expect(message).toContain(part)
  }
  const recorded = Date.parse(/recorded at (\S+Z)/.exec(message)?.[1] ?? '')
  expect(recorded).toBeGreaterThanOrEqual(before)
  expect(recorded).toBeLessThanOrEqual(Date.now())
})

test('one warning a function is enough, on however many caches it is called', async () => {
  const watchers = [watched(await storeOf(old)), watched(await storeOf(old))]
  let current = watchers[0]!
  const f = memoize(edited, { cache: () => current.cache, name: 'f' })
  for (const watcher of watchers) {
    current = watcher
    expect(await f(1)).toEqual([1])
  }
  expect(watchers.map(({ warnings }) => warnings.length)).toEqual([1, 0])
})

test('explain says which source text a hit is of', async () => {
  const store = await storeOf(old)
  expect(String(await editedOver(store).f.explain(1))).toMatch(
    / hits: .*\n {2}other source text .* at \d{4}-.*`version`/,
  )
  for (const same of [editedOver(await storeOf(edited)), editedOver(store, { code: 'ignore' })]) {
    expect(String(await same.f.explain(1))).toMatch(/ hits: [^\n]*$/)
  }
})

test('a recorded error of other source text warns, unless it is not answered', async () => {
  const store = testStore()
  const fails = (): number => {
    throw new RangeError('no')
  }
  await memoize(fails, { cache: createCache(store), name: 'f', cacheErrors: true })().catch(() => {})
  const keeping = watched(store)
  const others = watched(store)
  await expect(memoize(() => 1, { cache: keeping.cache, name: 'f', cacheErrors: true })()).rejects.toThrow(RangeError)
  expect(await memoize(() => 1, { cache: others.cache, name: 'f' })()).toBe(1)
  expect([codes(keeping.warnings), codes(others.warnings)]).toEqual([['source'], []])
})

test('a stale result of other source text warns, and what renews it is of the source text of today', async () => {
  const options = { maxAge: 0, staleWhileRevalidate: 60_000 }
  const store = await storeOf(old, options)
  const first = editedOver(store, options)
  expect(await first.f(1)).toEqual([1])
  await settled()
  const next = editedOver(store, options)
  expect(await next.f(1)).toEqual([1, 'edited'])
  expect([codes(first.warnings), codes(next.warnings)]).toEqual([['source'], []])
})

test("who computes while another's record comes first warns, as that is what others get from then on", async () => {
  const store = testStore()
  const gate = deferred<void>()
  const { cache, warnings } = watched(store)
  const slow = memoize(
    async (x: number) => {
      await gate.promise
      return [x, 'slow']
    },
    { cache, name: 'f', lease: false },
  )
  const computing = slow(1)
  await memoize(old, { cache: createCache(store), name: 'f', lease: false })(1)
  gate.resolve()
  expect([await computing, await slow(1)]).toEqual([[1, 'slow'], [1]])
  expect(codes(warnings)).toEqual(['source'])
})

test.each<readonly [string, (store: SyncStore) => unknown, readonly string[]]>([
  ['tiered', store => tiered([testStore(), store]), ['source']],
  ['readOnly', store => readOnly(store), ['source']],
  [
    'copyTo',
    async store => {
      const to = testStore()
      await createCache(store).copyTo(createCache(to))
      return to
    },
    ['source'],
  ],
  [
    'export and import',
    async store => {
      const parts: Uint8Array[] = []
      await createCache(store).export(async bytes => {
        for await (const part of bytes) parts.push(part.slice())
      })
      const to = testStore()
      await createCache(to).import(parts)
      return to
    },
    ['source'],
  ],
  ['redigest', async store => [await createCache(store).redigest(), store][1], ['source']],
  ['a transform of metadata', store => transformed(store, { metadata: { tags: { a: 1 } } }), ['source']],
  ['a transform to another version', store => transformed(store, { version: 2 }), []],
  ['cache.calls.commit', recordedByHand, []],
])('through %s the edited body warns %j', async (_what, through, expected) => {
  // Each of them gives a store that answers now.
  const store = (await through(await storeOf(old))) as SyncStore
  const moved = await createCache(store).calls.query({ name: 'f', version: 2 }).count()
  const { f, warnings } = editedOver(store, moved > 0 ? { version: 2 } : {})
  expect(await f(1)).toEqual([1])
  expect(codes(warnings)).toEqual(expected)
})

async function transformed(store: SyncStore, change: object): Promise<SyncStore> {
  expect(await createCache(store).calls.transform(() => change)).toMatchObject({ changed: 3 })
  return store
}

async function recordedByHand(): Promise<SyncStore> {
  const store = testStore()
  const { calls } = createCache(store)
  const identity = { namespace: '', name: 'f', version: undefined, conditions: [] }
  await calls.commit(calls.prepare(identity, { values: [1], names: undefined }), [1])
  return store
}

test('of a record whose metadata says no time, or cannot be built here, no time is told', async () => {
  class Unit {}
  const registry = createRegistry()
  registry.register({ id: 'c0ffee0a', type: Unit, takeApart: () => 1, build: () => new Unit() })
  const unbuildable = testStore()
  const metadata = () => ({ unit: { of: new Unit() } })
  await memoize(old, { cache: createCache(unbuildable, { registry }), name: 'f', metadata })(1)
  for (const store of [
    unbuildable,
    await transformed(await storeOf(old), { metadata: { runtime: { startedAt: 'x' } } }),
  ]) {
    const { f, warnings } = editedOver(store)
    expect(await f(1)).toEqual([1])
    expect(codes(warnings)).toEqual(['source'])
    expect(warnings[0]?.message).not.toContain('recorded at')
  }
})
