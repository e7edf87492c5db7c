import { getEventListeners } from 'node:events'
import { createCache, isRiposteError } from '@riposte/core'
import { describe, expect, test, vi } from 'vitest'
import { testStore } from '../../core/test/support/test-store.ts'
import { memoize, memoizeSync } from '../src/index.ts'
import { answeringLater, deferred, settled, watched } from './caches.ts'

/** A function whose body waits to be let go, and notes the signals that it got. */
function waiting(openStore: () => ReturnType<typeof testStore> = testStore, options: { concurrency?: number } = {}) {
  const { cache, warnings } = watched(openStore())
  const gates: ReturnType<typeof deferred<string>>[] = []
  const signals: (AbortSignal | undefined)[] = []
  const f = memoize(
    (_url: string, signal?: AbortSignal) => {
      const gate = deferred<string>()
      gates.push(gate)
      signals.push(signal)
      signal?.addEventListener('abort', () => gate.reject(signal.reason))
      return gate.promise
    },
    { cache, name: 'f', params: ['url', 'signal'], signal: 'signal', ...options },
  )
  return { f, gates, signals, warnings }
}

/** What an aborted call rejects with. */
function expectAborted(outcome: PromiseSettledResult<unknown>, reason: unknown): void {
  if (outcome.status === 'fulfilled') throw new Error('it was not aborted')
  if (!isRiposteError(outcome.reason, 'ERR_ABORTED')) throw outcome.reason
  expect(outcome.reason.cause).toBe(reason)
  expect(outcome.reason.message).toContain('"f"')
}

describe.each([
  ['a store that answers now', testStore],
  ['a store that answers later', () => answeringLater(testStore()) as ReturnType<typeof testStore>],
])('on %s', (_, openStore) => {
  test('a signal is no part of the key: one body for all, with a signal of its own', async () => {
    const { f, gates, signals } = waiting(openStore)
    const controllers = [new AbortController(), new AbortController()]
    const calls = [f('u', controllers[0]!.signal), f('u', controllers[1]!.signal), f('u')]
    await settled()
    expect(signals).toHaveLength(1)
    expect(controllers.map(({ signal }) => signal)).not.toContain(signals[0])
    gates[0]?.resolve('ok')
    expect(await Promise.all(calls)).toEqual(['ok', 'ok', 'ok'])
    expect(await f('u', new AbortController().signal)).toBe('ok')
    expect(signals).toHaveLength(1)
    expect((await f.record('u'))?.args).toEqual(['u'])
  })

  test.each([[0], [1]])('when one of two aborts (%d) only that one rejects, at once', async who => {
    const { f, gates, signals } = waiting(openStore)
    const controllers = [new AbortController(), new AbortController()] as const
    const calls = controllers.map(({ signal }) => f('u', signal))
    await settled()
    const reason = new Error('enough')
    controllers[who as 0 | 1].abort(reason)
    expectAborted((await Promise.allSettled([calls[who]]))[0]!, reason)
    expect(signals[0]?.aborted).toBe(false)
    gates[0]?.resolve('ok')
    expect(await calls[1 - who]).toBe('ok')
    expect(await f.load('u')).toBe('ok')
  })

  test('when all abort the body is told, and what it returns is not recorded', async () => {
    const { f, gates, signals } = waiting(openStore)
    const controllers = [new AbortController(), new AbortController()] as const
    const calls = controllers.map(({ signal }) => f('u', signal))
    await settled()
    controllers[0].abort('first')
    controllers[1].abort('last')
    const outcomes = await Promise.allSettled(calls)
    expectAborted(outcomes[0]!, 'first')
    expectAborted(outcomes[1]!, 'last')
    expect(signals[0]?.aborted).toBe(true)
    expect(signals[0]?.reason).toBe('last')
    gates[0]?.resolve('ignored')
    await settled()
    expect(await f.contains('u')).toBe(false)
    // One who comes now does not join what nobody waits for.
    const again = f('u')
    await settled()
    gates.at(-1)?.resolve('anew')
    expect(await again).toBe('anew')
  })

  test('one who comes while an abandoned body is still running gets a body of its own', async () => {
    const { cache } = watched(openStore())
    const gates = [deferred<string>(), deferred<string>()] as const
    let runs = 0
    const f = memoize(
      (_signal?: AbortSignal) => {
        runs += 1
        return gates[runs - 1]!.promise
      },
      { cache, name: 'f', signal: 0 },
    )
    const controller = new AbortController()
    const first = Promise.allSettled([f(controller.signal)])
    await settled()
    controller.abort()
    const second = f()
    await settled()
    gates[1].resolve('second')
    gates[0].resolve('first')
    expect((await first)[0]?.status).toBe('rejected')
    expect(await second).toBe('second')
    expect(await f()).toBe('second')
    expect(runs).toBe(2)
  })

  test('a signal that was aborted before rejects, whatever is recorded', async () => {
    const { f, gates } = waiting(openStore)
    const reason = new Error('too late')
    expectAborted((await Promise.allSettled([f('u', AbortSignal.abort(reason))]))[0]!, reason)
    expect(gates).toHaveLength(0)
    await f.seed(['u'], 'seeded')
    expectAborted((await Promise.allSettled([f('u', AbortSignal.abort(reason))]))[0]!, reason)
    expect(await f('u', new AbortController().signal)).toBe('seeded')
  })

  test('a body that is abandoned before it starts does not start', async () => {
    const { f, gates } = waiting(openStore, { concurrency: 1 })
    const first = f('a')
    await vi.waitUntil(() => gates.length === 1)
    const controller = new AbortController()
    const second = f('b', controller.signal)
    await settled()
    controller.abort()
    expect((await Promise.allSettled([second]))[0]?.status).toBe('rejected')
    gates[0]?.resolve('a')
    await first
    await settled()
    expect(gates).toHaveLength(1)
  })

  test('an error of the body reaches those who still wait', async () => {
    const { f, gates } = waiting(openStore)
    const controller = new AbortController()
    const [left, stays] = [f('u', controller.signal), f('u')]
    await settled()
    controller.abort()
    const error = new Error('no')
    gates[0]?.reject(error)
    expect((await Promise.allSettled([left]))[0]?.status).toBe('rejected')
    await expect(stays).rejects.toBe(error)
  })

  test('rerun and ref can be aborted too', async () => {
    const { f, gates, signals } = waiting(openStore)
    for (const verb of ['rerun', 'ref', 'withRefs'] as const) {
      const controller = new AbortController()
      const called = f[verb](verb, controller.signal)
      await settled()
      controller.abort(verb)
      expectAborted((await Promise.allSettled([called]))[0]!, verb)
      expect(signals.at(-1)?.aborted).toBe(true)
      expect(await f.contains(verb)).toBe(false)
    }
    expect(gates).toHaveLength(3)
  })
})

test('a signal that is left out before other arguments is put in its place', async () => {
  const seen: unknown[][] = []
  const f = memoize(
    async (...args: [a?: number, signal?: AbortSignal, b?: number]) => {
      seen.push(args)
    },
    { cache: createCache(testStore()), name: 'f', params: ['a', 'signal', 'b'], signal: 'signal' },
  )
  await f()
  await f(1, undefined, 2)
  expect(seen).toEqual([
    [undefined, expect.any(AbortSignal)],
    [1, expect.any(AbortSignal), 2],
  ])
})

test('a body that aborts its caller while it is on the stack', async () => {
  const controller = new AbortController()
  const f = memoize(
    (_signal?: AbortSignal) => {
      controller.abort('from inside')
      return Promise.resolve(1)
    },
    { cache: createCache(testStore()), name: 'f', signal: 0 },
  )
  expectAborted((await Promise.allSettled([f(controller.signal)]))[0]!, 'from inside')
  expect(await f.contains()).toBe(false)
})

test('what is no signal is refused', async () => {
  const { f } = waiting()
  await expect(f('u', 'stop' as never)).rejects.toThrow(/AbortSignal.*signal/)
  expect(() => memoize(async () => 1, { name: 'f', signal: 'x' as never })).toThrow(/signal/)
  expect(() => memoize(async (..._xs: never[]) => 1, { name: 'f', params: ['...xs'], signal: '...xs' })).toThrow(/rest/)
})

test('an answered call leaves no listener behind', async () => {
  const { f, gates } = waiting()
  const { signal } = new AbortController()
  let listeners = 0
  const counted = Object.create(signal) as AbortSignal
  Object.defineProperties(counted, {
    aborted: { get: () => signal.aborted },
    addEventListener: { value: () => (listeners += 1) },
    removeEventListener: { value: () => (listeners -= 1) },
  })
  const called = f('u', counted)
  await settled()
  expect(listeners).toBe(1)
  gates[0]?.resolve('ok')
  await called
  expect(listeners).toBe(0)
})

test('a synchronous body gets the signal of its caller; one that was aborted before throws', () => {
  const { signal } = new AbortController()
  const f = memoizeSync((given?: AbortSignal) => given === signal, {
    cache: createCache(testStore()),
    name: 'f',
    signal: 0,
  })
  expect(() => f(AbortSignal.abort())).toThrow(expect.objectContaining({ code: 'ERR_ABORTED' }))
  expect([f(signal), f()]).toEqual([true, true])
})

test('calls that pass one signal listen to it together, and no longer than they wait', async () => {
  const { f, gates } = waiting()
  const { signal } = new AbortController()
  const listeners = () => getEventListeners(signal, 'abort').length
  for (let round = 0; round < 3; round += 1) {
    const calls = Array.from({ length: 30 }, (_, i) => f(`${round} ${i % 20}`, signal))
    // Node warns of what looks like a leak from eleven on.
    expect(listeners()).toBe(1)
    await settled()
    for (const gate of gates.splice(0)) gate.resolve('ok')
    await Promise.all(calls)
    expect(listeners()).toBe(0)
  }
})

test('who aborts one signal for many calls ends all of them that still wait', async () => {
  const { f, gates, signals } = waiting()
  const controller = new AbortController()
  const calls = Array.from({ length: 30 }, (_, i) => f(`${i}`, controller.signal))
  await settled()
  gates[0]?.resolve('ok')
  expect(await calls[0]).toBe('ok')
  const reason = new Error('enough')
  controller.abort(reason)
  for (const outcome of (await Promise.allSettled(calls)).slice(1)) expectAborted(outcome, reason)
  expect(signals.map(signal => signal?.aborted)).toEqual(signals.map((_, i) => i > 0))
  expect(getEventListeners(controller.signal, 'abort')).toEqual([])
})
