import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import {
  asDigest,
  type Backend,
  type Digest,
  EVICTIONS_KEPT,
  type EvictingBackend,
  type LeftoverKeeping,
  type Store,
} from '@riposte/core'
import { describe, expect, test } from 'vitest'
import { fsStore } from '../src/index.ts'
import { evictionLog as log, oldEvictionLog as old } from '../src/layout.ts'
import { directory } from './directory.ts'

const keyOf = (n: number): Digest => asDigest(n.toString(16).padStart(64, '0'))
const keysFrom = (first: number, count: number) => Array.from({ length: count }, (_, i) => keyOf(first + i))
/** Lines of evictions, the newest last, as they stand in a log. */
const linesOf = (keys: readonly Digest[], at: number) => keys.map(key => `\n${key} limit ${at}\n`).join('')
const DAY = 86_400_000

/** Calls in files remember what was evicted. */
function callsOf(store: Store): EvictingBackend {
  return store.calls as Backend as EvictingBackend
}

async function evict(store: Store, keys: readonly Digest[]): Promise<number> {
  await store.calls.put(
    keys.map(key => ({ key, bytes: Uint8Array.of(1) })),
    'keep',
  )
  return callsOf(store).evict(
    keys.map(key => ({ key })),
    'evict',
  )
}

const causesOf = async (store: Store, keys: readonly Digest[]) =>
  (await callsOf(store).evictions(keys)).map(eviction => eviction?.cause)

describe.each([{}, { sync: true }])('fsStore(root, %o)', options => {
  test('another process sees what was evicted once the store is closed', async () => {
    const root = await directory()
    const store = fsStore(root, options)
    await evict(store, [keyOf(1)])
    await evict(store, [keyOf(2)])
    await store.close()
    expect(await causesOf(fsStore(root), keysFrom(1, 3))).toEqual(['evict', 'evict', undefined])
  })

  test('a process that does not close it writes what it noted before it ends', async () => {
    const root = await directory()
    const store = fsStore(root, options)
    for (const n of [1, 2, 3]) await evict(store, [keyOf(n)])
    await expect.poll(() => readFileSync(log(root), 'utf8')).toContain(keyOf(3))
  })

  test.each([
    ['another log', '\n'],
    ['the older one', 'x'],
  ])('what no process can have written is not read, and goes with the next eviction: %s', async (which, filling) => {
    const root = await directory()
    const store = fsStore(root, options)
    await evict(store, [keyOf(1)])
    const damaged = which === 'another log' ? log(root) : old(root)
    writeFileSync(damaged, filling.repeat(5_000_000))
    const other = fsStore(root, options)
    expect(await causesOf(other, [keyOf(2)])).toEqual([undefined])
    await evict(other, [keyOf(2)])
    expect(await causesOf(other, [keyOf(2)])).toEqual(['evict'])
    expect([log(root), old(root)].filter(existsSync).map(path => statSync(path).size < 1000)).not.toContain(false)
  })

  test('a store whose directory becomes something else ends quietly', async () => {
    const root = await directory()
    const store = fsStore(root, options)
    await evict(store, [keyOf(1)])
    await evict(store, [keyOf(2)])
    await rm(root, { recursive: true })
    mkdirSync(root)
    writeFileSync(join(root, 'riposte.json'), 'something else')
    const put = async () => store.calls.put([{ key: keyOf(3), bytes: Uint8Array.of(1) }], 'keep')
    await expect(put()).rejects.toMatchObject({ code: 'ERR_NOT_A_STORE' })
    // What was noted is tried to be written by then: what fails there would fail the run.
    await new Promise(resolve => setTimeout(resolve, 100))
    await store.close()
  })

  test('a full log takes the place of the old one: two are kept, of the last evictions', async () => {
    const root = await directory()
    await evict(fsStore(root, options), [keyOf(1)])
    const half = EVICTIONS_KEPT / 2
    writeFileSync(old(root), linesOf(keysFrom(10_000, 100), Date.now()))
    writeFileSync(log(root), linesOf(keysFrom(20_000, half), Date.now()))
    const store = fsStore(root, options)
    await evict(store, keysFrom(2, 3))
    await store.close()
    expect(readFileSync(log(root), 'utf8').match(/evict /g)).toHaveLength(3)
    const later = fsStore(root, options)
    expect(await causesOf(later, [keyOf(10_000), keyOf(20_000), keyOf(20_000 + half - 1), keyOf(3)])).toEqual([
      undefined,
      'limit',
      'limit',
      'evict',
    ])
  })

  test('torn lines, and lines of others, are passed over', async () => {
    const root = await directory()
    const store = fsStore(root, options)
    await evict(store, [keyOf(1)])
    await store.close()
    appendFileSync(log(root), `${keyOf(2)} evi`)
    const next = fsStore(root, options)
    await evict(next, [keyOf(3)])
    await next.close()
    appendFileSync(log(root), `\n${keyOf(4)} forgotten ${Date.now()}\n\0\u{ff}\n`)
    expect(await causesOf(fsStore(root, options), keysFrom(1, 4))).toEqual(['evict', undefined, 'evict', undefined])
  })

  test('evictions of more than 30 days ago are not told, and their file goes', async () => {
    const root = await directory()
    const store = fsStore(root, options)
    await evict(store, [keyOf(1)])
    const before = Date.now() - 31 * DAY
    for (const path of [log(root), old(root)]) {
      writeFileSync(path, linesOf([keyOf(2)], before))
      utimesSync(path, before / 1000, before / 1000)
    }
    const later = fsStore(root, options)
    expect(await causesOf(later, [keyOf(2)])).toEqual([undefined])
    await evict(later, [keyOf(3)])
    expect(existsSync(old(root))).toBe(false)
    expect(readFileSync(log(root), 'utf8')).not.toContain(keyOf(2))
    await later.close()
  })

  test('clearing up removes what is forgotten, and nothing younger', async () => {
    const root = await directory()
    const store = fsStore(root, options)
    await evict(store, [keyOf(1)])
    await evict(store, [keyOf(2)])
    const before = Date.now() / 1000 - 31 * 86_400
    writeFileSync(old(root), linesOf([keyOf(2)], before))
    utimesSync(old(root), before, before)
    // A store in files has them.
    await (store as Store & LeftoverKeeping).clearLeftovers()
    expect([existsSync(log(root)), existsSync(old(root))]).toEqual([true, false])
    await store.close()
  })

  test.each<[string, (root: string) => void]>([
    ['a directory', root => mkdirSync(log(root))],
    ['a link to another file', root => symlinkSync(join(root, 'riposte.json'), log(root))],
  ])('where the log is %s evictions are made all the same, and nothing else is written to', async (_what, place) => {
    const root = await directory()
    const store = fsStore(root, options)
    await store.calls.put([{ key: keyOf(1), bytes: Uint8Array.of(1) }], 'keep')
    place(root)
    const marker = readFileSync(join(root, 'riposte.json'), 'utf8')
    expect(await evict(store, keysFrom(1, 2))).toBe(2)
    expect(await causesOf(store, [keyOf(1)])).toEqual([undefined])
    await store.close()
    expect(readFileSync(join(root, 'riposte.json'), 'utf8')).toBe(marker)
  })

  test('an eviction of nothing makes nothing', async () => {
    const root = join(await directory(), 'store')
    const store = fsStore(root, options)
    expect(await callsOf(store).evict([{ key: keyOf(1) }], 'evict')).toBe(0)
    expect(await causesOf(store, [keyOf(1)])).toEqual([undefined])
    await store.close()
    expect(existsSync(root)).toBe(false)
  })

  test('what is noted for later makes no file in a directory that was removed', async () => {
    const root = join(await directory(), 'store')
    const store = fsStore(root, options)
    for (const n of [1, 2]) await evict(store, [keyOf(n)])
    await rm(root, { recursive: true })
    await store.close()
    expect(existsSync(root)).toBe(false)
  })
})

test('two stores that write to one log lose nothing', async () => {
  const root = await directory()
  const stores = [fsStore(root), fsStore(root), fsStore(root, { sync: true })]
  await evict(stores[0]!, [keyOf(0)])
  await Promise.all(
    stores.map(async (store, i) => {
      for (let n = 0; n < 30; n += 1) await evict(store, [keyOf(1000 * (i + 1) + n)])
    }),
  )
  for (const store of stores) await store.close()
  const keys = [1000, 2000, 3000].flatMap(first => keysFrom(first, 30))
  expect((await causesOf(fsStore(root), keys)).filter(cause => cause !== 'evict')).toEqual([])
  expect(statSync(log(root)).size).toBeLessThan(91 * 90)
})

test('a batch of more than a log holds leaves no more than the bound, of the last', async () => {
  const root = await directory()
  const store = fsStore(root, { sync: true })
  const keys = keysFrom(0, EVICTIONS_KEPT / 2 + 500)
  await evict(store, keys)
  await evict(store, keysFrom(keys.length, 10))
  store.close()
  const lines = [log(root), old(root)]
    .filter(path => existsSync(path))
    .flatMap(path => readFileSync(path, 'utf8').match(/evict /g) ?? [])
  expect(lines.length).toBeLessThanOrEqual(EVICTIONS_KEPT)
  const last = keysFrom(keys.length + 10 - EVICTIONS_KEPT / 2, EVICTIONS_KEPT / 2)
  expect((await causesOf(fsStore(root), last)).filter(cause => cause !== 'evict')).toEqual([])
})
