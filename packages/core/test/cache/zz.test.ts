import { expect, test } from 'vitest'
import { createCache, memoryStore, digest } from '../../src/index.ts'
import { identity } from './support.ts'
test('smoke', async () => {
  const cache = createCache(memoryStore(), { inlineBelow: 10 })
  for (let i = 0; i < 100; i++) await cache.calls.commit(cache.calls.prepare({...identity, name: 'f'+i%3}, { values: [i, {a: 'x'.repeat(i * 20)}], names: undefined }), {r: 'y'.repeat(i*50)}, { metadata: { runtime: { startedAt: 1000 * (i * 7 % 100), durationMs: i } } })
  expect(await cache.fsck()).toMatchObject({ sound: true, problems: [] , unverified: 0})
  console.log(await cache.stats(), await cache.fsck())
  console.table(await cache.calls.query().orderBy('startedAt', 'desc').take(5).toTable())
  const other = createCache(memoryStore())
  console.log(await cache.copyTo(other, { template: { name: 'f1' } }))
  console.log(await cache.copyTo(other))
  console.log(await other.fsck())
  const chunks: Uint8Array[] = []
  console.log(await cache.export(async b => { for await (const c of b) chunks.push(c) }))
  const third = createCache(memoryStore())
  console.log(await third.import(chunks), await third.fsck(), await third.stats())
  const bytes = Buffer.alloc(3_500_000, 7)
  const key = await third.values.saveStream([bytes])
  expect(key).toBe(digest(new Uint8Array(bytes)))
  let n = 0
  for await (const c of third.values.loadStream(key, { start: 100, end: 3_400_000 })) n += c.length
  expect(n).toBe(3_399_900)
  let page = await cache.calls.query().orderBy('/runtime/durationMs', 'desc').page({ size: 30 })
  console.log(page.calls.length, page.next)
  page = await cache.calls.query().orderBy('/runtime/durationMs', 'desc').page({ size: 30, after: page.next })
  console.log(page.calls[0]!.metadata, page.next)
})
