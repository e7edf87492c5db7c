import { type Backend, type EvictingBackend, memoryStore } from '@riposte/core'
import { backendConformance, callIndexConformance, evictionConformance, storeConformance } from '@riposte/testkit'
import { expect, test } from 'vitest'
import { caseOf } from './case-of.ts'
import { scanningIndex } from './scanning-index.ts'

const RULE = 'keep leaves the bytes that stand'

test('no two cases have one name', () => {
  const suites = [
    backendConformance({ open: () => memoryStore().values }),
    storeConformance({ open: () => memoryStore() }),
    callIndexConformance({ open: () => scanningIndex() }),
    // A memory store remembers them.
    evictionConformance({ open: () => memoryStore().calls as Backend as EvictingBackend }),
  ]
  for (const suite of suites) expect(new Set(suite.map(one => one.name)).size).toBe(suite.length)
})

test('nothing is opened before a case runs, and each opens its own', async () => {
  let opened = 0
  const cases = backendConformance({
    open: async () => {
      opened++
      return memoryStore().values
    },
  })
  expect(opened).toBe(0)
  await cases[0]?.run()
  await cases[0]?.run()
  await cases[1]?.run()
  expect(opened).toBe(3)
})

test('a case closes what it opened, also when it fails', async () => {
  let closed = 0
  const counting = (members: Partial<Backend>) => () => {
    const inner = memoryStore().values
    return { ...inner, ...members, close: () => void closed++ }
  }
  await caseOf(backendConformance({ open: counting({}) }), RULE).run()
  expect(closed).toBe(1)
  const broken = counting({ get: keys => keys.map(() => undefined) })
  await expect(caseOf(backendConformance({ open: broken }), RULE).run()).rejects.toThrow()
  expect(closed).toBe(2)
})

test('a close that fails fails the case', async () => {
  const open = (): Backend => ({
    ...memoryStore().values,
    close: () => {
      throw new Error('the file is busy')
    },
  })
  await expect(caseOf(backendConformance({ open }), RULE).run()).rejects.toThrow('the file is busy')
})

test('a broken rule is told, not the close that fails after it', async () => {
  const open = (): Backend => ({
    ...memoryStore().values,
    get: keys => keys.map(() => undefined),
    close: () => {
      throw new Error('the file is busy')
    },
  })
  await expect(caseOf(backendConformance({ open }), RULE).run()).rejects.toThrow('get')
})

test('a failure says what was expected and what came', async () => {
  const open = (): Backend => ({ ...memoryStore().values, get: keys => keys.map(() => Uint8Array.of(1, 2)) })
  await expect(caseOf(backendConformance({ open }), RULE).run()).rejects.toThrow(
    new Error('get: expected [5 bytes 6669727374], got [2 bytes 0102]'),
  )
  const wrong = (): Backend => ({ ...memoryStore().values, now: () => Date.now() })
  await expect(
    caseOf(backendConformance({ open: wrong }), 'use after close is ERR_CLOSED, on every member').run(),
  ).rejects.toThrow(new Error('now after close: expected "ERR_CLOSED", got "no error"'))
})
