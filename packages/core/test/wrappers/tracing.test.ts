import { AsyncLocalStorage } from 'node:async_hooks'
import { tracingChannel } from 'node:diagnostics_channel'
import { afterEach, describe, expect, test, vi } from 'vitest'
import {
  asDigest,
  createCache,
  isCallIndex,
  memoryStore,
  type StoreOperation,
  type SyncStore,
  thisHolder,
  tracing,
} from '../../src/index.ts'
import { failingStore, identity, indexedStore, laterStore } from '../cache/support.ts'
import { NO_TERMS } from '../support/no-terms.ts'
import { testStore } from '../support/test-store.ts'

const [A, B] = ['a', 'b'].map(digit => asDigest(digit.repeat(64))) as [
  ReturnType<typeof asDigest>,
  ReturnType<typeof asDigest>,
]
const ENTRY = { key: A, bytes: new Uint8Array(5) }
const RECORD = {
  key: B,
  bytes: new Uint8Array(7),
  terms: NO_TERMS,
}

function told(inner: SyncStore = testStore()) {
  const operations: StoreOperation[] = []
  return { operations, store: tracing(inner, { onOperation: operation => operations.push(operation) }) }
}

const summary = ({ target, name, keys, found, bytes }: StoreOperation) => [target, name, keys, found, bytes]

describe('tracing', () => {
  test('every operation is told of, with its keys, what was there, and bytes', () => {
    const { operations, store } = told()
    store.values.put([ENTRY], 'keep')
    store.values.get([A, B, A])
    store.values.touch([A, B])
    store.values.has([B])
    store.commit({ values: [ENTRY], calls: [RECORD], mode: 'absent' })
    expect([...store.calls.list()]).toHaveLength(1)
    store.calls.delete([{ key: B }, { key: A }])
    store.values.now()
    store.refs?.swap('name', undefined, A)
    store.refs?.read('name')
    expect([...(store.refs?.list() ?? [])]).toHaveLength(1)
    const taking = store.leases!.take('work', { ttlMs: 1000, holder: thisHolder() })
    store.leases!.renew(taking.held!)
    store.leases!.look('work')
    store.leases!.release(taking.held!, 'done')
    store.close()
    expect(operations.map(summary)).toEqual([
      ['values', 'put', 1, undefined, 5],
      ['values', 'get', 3, 2, 10],
      ['values', 'touch', 2, 1, 0],
      ['values', 'has', 1, 0, 0],
      ['store', 'commit', 2, undefined, 12],
      ['calls', 'list', 1, 1, 0],
      ['calls', 'delete', 2, 1, 0],
      ['values', 'now', 0, undefined, 0],
      ['refs', 'swap', 1, undefined, 0],
      ['refs', 'read', 1, undefined, 0],
      ['refs', 'list', 1, 1, 0],
      ['leases', 'take', 1, undefined, 0],
      ['leases', 'renew', 1, undefined, 0],
      ['leases', 'look', 1, undefined, 0],
      ['leases', 'release', 1, undefined, 0],
      ['store', 'close', 0, undefined, 0],
    ])
    for (const { durationMs, error } of operations) expect([durationMs >= 0, error]).toEqual([true, undefined])
  })

  test('attributes bear the names of the conventions', () => {
    const inner = testStore()
    const { operations, store } = told(failingStore(inner, ({ name }) => name === 'has'))
    store.values.get([A, B])
    expect(() => store.values.has([A])).toThrow('has failed')
    expect(operations.map(({ attributes }) => attributes)).toEqual([
      {
        'db.system.name': 'riposte',
        'db.namespace': inner.label,
        'db.collection.name': 'values',
        'db.operation.name': 'get',
        'db.operation.batch.size': 2,
        'db.response.returned_rows': 0,
        'riposte.bytes': 0,
      },
      {
        'db.system.name': 'riposte',
        'db.namespace': inner.label,
        'db.collection.name': 'values',
        'db.operation.name': 'has',
        'error.type': 'ERR_BACKEND',
        'riposte.bytes': 0,
      },
    ])
    expect(operations[1]!.error).toMatchObject({ code: 'ERR_BACKEND' })
  })

  test('what answers later is told of when it has answered, and fails as it did', async () => {
    const operations: StoreOperation[] = []
    const inner = laterStore(failingStore(testStore(), ({ name }) => name === 'touch'))
    const store = tracing(inner, { onOperation: operation => operations.push(operation) })
    const put = store.values.put([ENTRY], 'keep')
    expect(operations).toEqual([])
    expect(await put).toEqual([undefined])
    await expect(store.values.touch([A])).rejects.toMatchObject({ code: 'ERR_BACKEND' })
    expect(operations.map(({ name, error }) => [name, error === undefined])).toEqual([
      ['put', true],
      ['touch', false],
    ])
  })

  test('a listing is told of when it ends, is left or fails', async () => {
    const inner = testStore()
    inner.values.put([ENTRY, { ...ENTRY, key: B }], 'keep')
    const failing = (function* () {
      yield { key: A, size: 1, touched: 1 }
      throw new Error('the disk is gone')
    })()
    const { operations, store } = told({ ...inner, calls: { ...inner.calls, list: () => failing } })
    const left = store.values.list()
    expect(operations).toEqual([])
    for (const _ of left) break
    for (const _ of store.values.list()) expect(operations).toHaveLength(1)
    expect(() => [...store.calls.list()]).toThrow('the disk is gone')
    expect(operations.map(({ keys, found, error }) => [keys, found, error !== undefined])).toEqual([
      [1, 1, false],
      [2, 2, false],
      [1, undefined, true],
    ])
  })

  test('a search is told of with the bytes it gave', async () => {
    const { operations, store } = told(indexedStore())
    const cache = createCache(store)
    await cache.calls.commit(cache.calls.prepare(identity, { values: [1], names: undefined }), 1)
    expect(await cache.calls.query({ name: 'slow' }).count()).toBe(1)
    const find = operations.find(({ name }) => name === 'find')
    expect([find?.found, find!.bytes > 100]).toEqual([1, true])
  })

  test('an index stays one, a plain backend plain; label and absent members pass', () => {
    expect([isCallIndex(tracing(indexedStore()).calls), isCallIndex(tracing(memoryStore()).calls)]).toEqual([
      true,
      false,
    ])
    const inner = testStore()
    const store = tracing({ ...inner, refs: undefined, leases: undefined })
    expect([store.label, store.refs, store.leases]).toEqual([inner.label, undefined, undefined])
  })
})

describe('the channel riposte:store', () => {
  const channel = tracingChannel<unknown, StoreOperation>('riposte:store')
  let stop = (): void => {}
  afterEach(() => stop())

  function listen() {
    const heard: string[] = []
    const on = (event: string) => (message: unknown) => {
      heard.push(`${event} ${(message as StoreOperation).name}`)
    }
    const subscribers = {
      start: on('start'),
      end: on('end'),
      asyncStart: on('asyncStart'),
      asyncEnd: on('asyncEnd'),
      error: on('error'),
    }
    channel.subscribe(subscribers)
    stop = () => channel.unsubscribe(subscribers)
    return heard
  }

  test('what answers now has a beginning and an end', () => {
    const heard = listen()
    tracing(testStore()).values.get([A])
    expect(heard).toEqual(['start get', 'end get'])
  })

  test('what answers later ends later', async () => {
    const heard = listen()
    const answer = tracing(laterStore()).values.get([A])
    expect(heard).toEqual(['start get', 'end get'])
    await answer
    expect(heard).toEqual(['start get', 'end get', 'asyncStart get', 'asyncEnd get'])
  })

  test('failures are events', async () => {
    const heard = listen()
    const failing = failingStore(testStore(), () => true)
    expect(() => tracing(failing).values.get([A])).toThrow()
    await expect(tracing(laterStore(failing)).values.has([A])).rejects.toThrow()
    expect(heard).toEqual([
      ...['start get', 'error get', 'end get'],
      ...['start has', 'end has', 'error has', 'asyncStart has', 'asyncEnd has'],
    ])
  })

  test('a listing begins at once and ends later', () => {
    const heard = listen()
    const store = tracing(testStore())
    store.values.put([ENTRY], 'keep')
    for (const _ of store.values.list()) expect(heard.slice(2)).toEqual(['start list', 'end list'])
    expect(heard.slice(4)).toEqual(['asyncStart list', 'asyncEnd list'])
  })

  test('a context bound to the start holds inside the operation', async () => {
    const span = new AsyncLocalStorage<string>()
    channel.start.bindStore(span, message => `span of ${(message as StoreOperation).name}`)
    stop = () => channel.start.unbindStore(span)
    const seen: (string | undefined)[] = []
    const inner = testStore()
    const values = {
      ...inner.values,
      get: () => {
        seen.push(span.getStore())
        return []
      },
    }
    tracing({ ...inner, values }).values.get([])
    expect([seen, span.getStore()]).toEqual([['span of get'], undefined])
  })

  test('nobody is told, and nothing measured, while nobody listens', () => {
    const now = vi.spyOn(performance, 'now')
    // Memory has no other use for this clock.
    const store = tracing(memoryStore())
    store.values.put([ENTRY], 'keep')
    expect([...store.values.list()]).toHaveLength(1)
    expect(now).not.toHaveBeenCalled()
    now.mockRestore()
  })
})
