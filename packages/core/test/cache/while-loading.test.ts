// What happens while code that is wanted for the first time is loaded.
import { Readable, Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { createCache } from '../../src/index.ts'
import { testStore } from '../support/test-store.ts'

const failure = new Error('no such file')

/** Fails as a file does that is not there: soon, but after it was passed on. */
function failing<T extends Readable | Writable>(stream: T): T {
  setImmediate(() => stream.destroy(failure))
  return stream
}
const source = () => failing(new Readable({ read() {} }))
const target = () => failing(new Writable({ write() {} }))

test.each([
  ['export', () => createCache(testStore()).export(target())],
  ['import', () => createCache(testStore()).import(source())],
  ['saveStream', () => createCache(testStore()).values.saveStream(source())],
])('%s rejects with what its stream fails with', async (_verb, use) => {
  // The first time its code is loaded, the second time it is there.
  await expect(use()).rejects.toBe(failure)
  await expect(use()).rejects.toBe(failure)
})

test('a verb is refused when the cache is closed meanwhile', async () => {
  const cache = createCache(testStore())
  const key = await cache.values.save('x')
  const uses = [cache.gc(), cache.stats(), cache.values.lazy(key)]
  const outcomes = Promise.allSettled(uses)
  await cache.close()
  for (const outcome of await outcomes) {
    expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'ERR_CLOSED' } })
  }
})
