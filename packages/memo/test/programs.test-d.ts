// Programs as users write them, type-checked only.
import { type Cache, type CallTemplate, digest } from '@riposte/core'
import { expectTypeOf, test } from 'vitest'
import { memoize, memoizer, overrideCache, setDefaultCache, withCache } from '../src/index.ts'

declare const cache: Cache

interface Request {
  model: string
  messages: { role: 'user' | 'system'; content: string }[]
  temperature?: number
}
interface Reply {
  text: string
  usage: { input: number; output: number }
  stop: 'end' | 'length'
}
declare function post(url: string, body: unknown, signal?: AbortSignal): Promise<Reply>

test('model calls, with their cost', async () => {
  const memo = memoizer({ cache, namespace: 'app/llm', tags: { project: 'eval' } })
  const complete = memo(
    async (request: Request, _attempt: number, signal?: AbortSignal): Promise<Reply> =>
      post('/complete', request, signal),
    {
      name: 'complete',
      version: 1,
      params: ['request', 'attempt', 'signal'],
      signal: 'signal',
      concurrency: 8,
      cacheIf: reply => reply.stop === 'end',
      metadata: ({ result, args: [request] }) => ({ llm: { model: request.model, usd: result.usage.output * 1e-5 } }),
    },
  )
  await complete({ model: 'x', messages: [{ role: 'user', content: 'hi' }] }, 0, AbortSignal.timeout(1000))
  let usd = 0
  const expensive = complete.query({ request: { model: 'x' } }, { metadata: { llm: { usd: { gt: 0.01 } } } })
  for await (const call of expensive) usd += call.metadata.llm?.usd ?? 0
  expectTypeOf(usd).toEqualTypeOf<number>()
  expectTypeOf(await complete.query({ request: { temperature: 1 } }).evict()).toEqualTypeOf<number>()
})

test('a build step keyed by the contents of files', () => {
  const transform = memoize(
    async (path: string, source: Buffer, config: { target: string }) => ({ code: source.toString(), path, config }),
    { cache, name: 'transform', params: ['path', 'source', 'config'], deps: [digest(process.version)] },
  )
  expectTypeOf(transform('a', Buffer.alloc(0), { target: 'es2022' })).resolves.toHaveProperty('code')
})

test('listing calls of any function', async () => {
  for await (const call of cache.calls.query({ name: 'slow' })) {
    expectTypeOf(call.metadata.runtime?.durationMs).toEqualTypeOf<number | undefined>()
    void [call.digest.slice(0, 8), call.args]
  }
  const template: CallTemplate = { name: 'slow', args: { day: 3 }, metadata: { runtime: { durationMs: { gt: 100 } } } }
  await cache.calls.query(template).toArray()
})

test('a cache for each test', async () => {
  const price = memoize(async (_sku: string) => 3, { name: 'price' })
  const restore = setDefaultCache(cache)
  await price.seed(['a'], 9)
  expectTypeOf(price.original('a')).resolves.toEqualTypeOf<number>()
  await withCache(cache, async () => price('b'))
  restore[Symbol.dispose]()
  using _ = overrideCache(cache)
  await price('c')
})
