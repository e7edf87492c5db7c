import { type CallDigest, createCache, createRegistry, digest, memoryStore } from '@riposte/core'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { encodeRecord, sealRecord } from '../../src/calls/record-codec.ts'
import { sealEntry } from '../../src/codec/entry.ts'
import { attempt, hex, payloadOf } from '../support/hostile.ts'

const registry = createRegistry()

afterEach(() => {
  vi.unstubAllGlobals()
})

describe('a kind that this runtime lacks', () => {
  test.each<[string, unknown]>([
    ['Int16Array', new Int16Array([1, 2])],
    ['SharedArrayBuffer', new SharedArrayBuffer(4)],
  ])('%s is told by its name, and is a value again where there is one', (name, value) => {
    const payload = payloadOf([value])
    vi.stubGlobal(name, undefined)
    const outcome = attempt(payload)
    vi.unstubAllGlobals()
    expect(outcome).toMatchObject({ code: 'ERR_UNKNOWN_FORMAT', message: expect.stringContaining(name) })
    expect(attempt(payload)).toEqual({ value: [value] })
  })

  test('of the wrong length it is corrupt where there is one', () => {
    expect(attempt(hex('d84d 41 00'))).toMatchObject({ code: 'ERR_CORRUPT' })
  })
})

describe('what only a later runtime can build', () => {
  /** Of a payload with `/a/g` in it: the same with a flag that no runtime has yet. */
  function ofLater(payload: Uint8Array): Uint8Array {
    const digits = Buffer.from(payload).toString('hex')
    const later = digits.replace('61616167', '61616171')
    expect(later).not.toBe(digits)
    return hex(later)
  }

  function open() {
    const store = memoryStore()
    const warnings: unknown[] = []
    const cache = createCache(store, { registry, onWarning: warning => warnings.push(warning) })
    return { store, cache, warnings }
  }

  test('is refused by its key when it is loaded, and stays as it is', async () => {
    const { store, cache, warnings } = open()
    const key = digest('stands for the digest of the value that a later runtime knows')
    const payload = ofLater(payloadOf([/a/g]))
    const entry = sealEntry(key, { linkable: false, formOf: undefined, links: [], payload })
    store.values.put([entry], 'keep')
    await expect(cache.values.load(key)).rejects.toMatchObject({ code: 'ERR_UNKNOWN_FORMAT', details: { key } })
    const { problems } = await cache.fsck({ repair: true })
    expect(problems).toMatchObject([{ kind: 'unreadable', key, removed: false }])
    expect(store.values.get([key])).toEqual([entry.bytes])
    expect(warnings).toEqual([])
  })

  test('hides the record that it describes, and leaves it', async () => {
    const { store, cache, warnings } = open()
    const result = payloadOf(1)
    const call = digest('stands for a call') as string as CallDigest
    const record = {
      digest: call,
      identity: { namespace: '', name: 'f', version: undefined, conditions: [] },
      names: undefined,
      args: [],
      result: { digest: digest(1), form: undefined, inline: result },
      metadata: { notes: { pattern: /a/g } },
    }
    const entry = sealRecord(call, ofLater(encodeRecord(record, registry).payload), [])
    store.calls.put([entry], 'absent')
    expect(await cache.calls.query({ name: 'f' }).toArray()).toEqual([])
    const { problems } = await cache.fsck({ repair: true })
    expect(problems).toMatchObject([{ key: call, removed: false }])
    expect(store.calls.get([entry.key])).toEqual([entry.bytes])
    expect(warnings).toEqual([])
  })

  test('is told from what is no stored form, which is corrupt under its key', async () => {
    const { store, cache } = open()
    const key = digest('stands for the digest of nothing')
    const links = [digest('a part')]
    for (const part of [
      undefined,
      sealEntry(links[0]!, { linkable: true, formOf: undefined, links: [], payload: hex('01') }),
    ]) {
      const entry = sealEntry(key, { linkable: false, formOf: undefined, links: part ? links : [], payload: hex('ff') })
      store.values.put(part ? [part, entry] : [entry], 'replace')
      await expect(cache.values.load(key)).rejects.toMatchObject({ code: 'ERR_CORRUPT', details: { key } })
    }
  })
})
