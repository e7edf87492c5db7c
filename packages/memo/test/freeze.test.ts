import { expect, test } from 'vitest'
import { deepFreeze } from '../src/freeze.ts'

test('freezes every part of plain data, however deep', () => {
  let deep: unknown = {}
  for (let i = 0; i < 100_000; i += 1) deep = { deep }
  const value = { list: [{ a: 1 }], deep, error: new Error('a', { cause: { b: 1 } }), nothing: [null, undefined] }
  expect(deepFreeze(value)).toBe(true)
  const parts: unknown[] = [value, value.list, value.list[0], value.error, value.error.cause]
  for (let part = deep; part !== undefined; part = (part as { deep?: unknown }).deep) parts.push(part)
  expect(parts.every(Object.isFrozen)).toBe(true)
})

test.each([
  ['a Map', new Map([[{ a: 1 }, { b: 1 }]])],
  ['a Set', new Set([{ a: 1 }])],
  ['a Date', new Date(0)],
  ['bytes', new Uint8Array(1)],
  ['a Buffer', Buffer.alloc(1)],
  ['an ArrayBuffer', new ArrayBuffer(1)],
  [
    'an instance',
    new (class Counter {
      #count = 0
      next() {
        this.#count += 1
        return this.#count
      }
    })(),
  ],
])('says that %s can still be changed', (_, part) => {
  expect(deepFreeze({ part })).toBe(false)
})

test('freezes the members of what can still be changed', () => {
  const [key, value, member] = [{}, {}, {}]
  deepFreeze([new Map([[key, value]]), new Set([member])])
  expect([key, value, member].every(Object.isFrozen)).toBe(true)
})

test('as many members as there may be are frozen', () => {
  const last = {}
  const numbers = Array.from({ length: 300_000 }, (_, n) => n)
  deepFreeze(new Set<unknown>([...numbers, last]))
  expect(Object.isFrozen(last)).toBe(true)
})

test.each([0, 'a', null, undefined, 1n])('%s is frozen by itself', value => {
  expect(deepFreeze(value)).toBe(true)
})
