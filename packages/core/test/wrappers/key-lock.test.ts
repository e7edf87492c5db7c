import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createKeyLock } from '../../src/wrappers/key-lock.ts'

/** A promise and what fulfils it. */
function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open = () => {}
  const opened = new Promise<void>(resolve => {
    open = resolve
  })
  return { opened, open }
}

const turn = () => new Promise(resolve => setImmediate(resolve))

describe('createKeyLock', () => {
  test('jobs that share a key run one at a time, in the order they came', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({ keys: fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 5 }), turns: fc.nat(2) }),
          {
            maxLength: 12,
          },
        ),
        async jobs => {
          const lock = createKeyLock()
          const busy = new Set<string>()
          const started = new Map<string, number[]>()
          await Promise.all(
            jobs.map(({ keys, turns }, number) =>
              lock(keys, async () => {
                for (const key of new Set(keys)) {
                  expect(busy.has(key)).toBe(false)
                  busy.add(key)
                  started.set(key, [...(started.get(key) ?? []), number])
                }
                for (let i = 0; i < turns; i++) await turn()
                for (const key of keys) busy.delete(key)
              }),
            ),
          )
          for (const numbers of started.values()) expect(numbers).toEqual(numbers.toSorted((a, b) => a - b))
        },
      ),
    ))

  test('jobs without a common key run at once', async () => {
    const lock = createKeyLock()
    const first = gate()
    const blocked = lock(['a'], () => first.opened)
    expect(await lock(['b', 'c'], () => 'done')).toBe('done')
    expect(await lock([], () => 'done')).toBe('done')
    first.open()
    await blocked
  })

  test('a batch waits for all of its keys', async () => {
    const lock = createKeyLock()
    const [a, b] = [gate(), gate()]
    const done: string[] = []
    const jobs = [
      lock(['a'], () => a.opened),
      lock(['b'], () => b.opened),
      lock(['a', 'b'], () => void done.push('both')),
    ]
    a.open()
    await turn()
    expect(done).toEqual([])
    b.open()
    await Promise.all(jobs)
    expect(done).toEqual(['both'])
  })

  test('two batches over the same keys in different order both end', async () => {
    const lock = createKeyLock()
    expect(await Promise.all([lock(['a', 'b'], turn), lock(['b', 'a'], turn), lock(['a', 'b'], turn)])).toHaveLength(3)
  })

  test('a key twice in a batch does not wait for itself', async () => {
    expect(await createKeyLock()(['a', 'a'], () => 'done')).toBe('done')
  })

  test('a failed job rejects with its error and does not fail the next', async () => {
    const lock = createKeyLock()
    const failed = lock(['a'], () => Promise.reject(new Error('disk full')))
    const thrown = lock(['a'], () => {
      throw new Error('no disk')
    })
    const next = lock(['a'], () => 'done')
    await expect(failed).rejects.toThrow('disk full')
    await expect(thrown).rejects.toThrow('no disk')
    expect(await next).toBe('done')
  })

  test('a caller that changes its keys while it waits changes nothing', async () => {
    const lock = createKeyLock()
    const first = gate()
    const blocked = lock(['a'], () => first.opened)
    const keys = ['a']
    const order: string[] = []
    const second = lock(keys, () => void order.push('second'))
    keys[0] = 'b'
    const third = lock(['a'], () => void order.push('third'))
    first.open()
    await Promise.all([blocked, second, third])
    expect(order).toEqual(['second', 'third'])
  })

  test('keys take memory only while they are busy', async () => {
    const ends = new Map<string, Promise<void>>()
    const lock = createKeyLock(ends)
    const first = gate()
    const jobs = [
      lock(['a', 'b'], () => first.opened),
      lock(['b', 'c'], () => Promise.reject(new Error('failed'))).catch(() => {}),
      lock(['__proto__'], () => {}),
    ]
    expect([...ends.keys()]).toEqual(['a', 'b', 'c', '__proto__'])
    first.open()
    await Promise.all(jobs)
    expect(ends.size).toBe(0)
  })
})
