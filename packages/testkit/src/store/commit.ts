import { type CallEntry, type Digest, isCallIndex, PREFIX_BYTES, type Store } from '@riposte/core'
import type { Rules } from '../cases.ts'
import { equal, isPrefix, isTrue } from '../expect.ts'
import { bytesOf, clockPast, entry, keyFrom, keysFrom, listedKeys, pattern, touchedOf } from '../samples.ts'

const A = keyFrom('aa')
const B = keyFrom('ab')
const CALL = keyFrom('ca')
const OTHER = keyFrom('cb')

function call(key: Digest, bytes: Uint8Array | string, name = 'f'): CallEntry {
  const terms = { namespace: '', name, version: undefined, args: [], result: A, resultParts: [], metadata: [] }
  return { ...entry(key, bytes), terms }
}

/** `Store.commit`: values with `keep`, then records. */
export const committing: Rules<Store> = {
  'all of a commit is there once it has answered': async store => {
    const result = await store.commit({
      values: [entry(B, 'b'), entry(A, '')],
      calls: [call(CALL, 'call'), call(OTHER, 'other')],
      mode: 'absent',
    })
    equal(result.values, [undefined, undefined], 'the answers for values')
    equal(result.calls, [undefined, undefined], 'the answers for calls')
    equal(await store.values.get([A, B]), [bytesOf(''), bytesOf('b')], 'values')
    equal(await store.calls.get([CALL, OTHER]), [bytesOf('call'), bytesOf('other')], 'calls')
  },

  'values go to values and calls to calls': async store => {
    await store.commit({ values: [entry(A, 'a')], calls: [call(CALL, 'call')], mode: 'replace' })
    equal(await listedKeys(store.values), [A], 'values')
    equal(await listedKeys(store.calls), [CALL], 'calls')
  },

  'a commit answers for values as put with keep does': async store => {
    const standing = pattern(500)
    await store.values.put([entry(A, standing)], 'replace')
    const { values } = await store.commit({
      values: [entry(B, 'new'), entry(A, 'other')],
      calls: [],
      mode: 'replace',
    })
    equal(values.length, 2, 'answers')
    equal(values[0], undefined, 'the answer for a new value')
    isPrefix(values[1], standing, PREFIX_BYTES, 'the answer for a value that stands')
    equal(await store.values.get([A]), [standing], 'the value that stands')
  },

  'a commit refreshes the age of values that stand': async store => {
    await store.values.put([entry(A, 'a')], 'keep')
    const before = await touchedOf(store.values, A)
    await clockPast(store.values, before)
    await store.commit({ values: [entry(A, 'a')], calls: [call(CALL, 'call')], mode: 'absent' })
    const after = await touchedOf(store.values, A)
    isTrue(after > before, `expected an age after ${before}, got ${after}`)
  },

  'with absent the first record of a key stands, and its first bytes are the answer': async store => {
    await store.commit({ values: [], calls: [call(CALL, 'first')], mode: 'absent' })
    const { calls } = await store.commit({
      values: [entry(A, 'a')],
      calls: [call(OTHER, 'other'), call(CALL, 'second')],
      mode: 'absent',
    })
    equal(calls, [undefined, bytesOf('first')], 'the answers for calls')
    equal(await store.calls.get([CALL, OTHER]), [bytesOf('first'), bytesOf('other')], 'calls')
    equal(await store.values.get([A]), [bytesOf('a')], 'the value that came with it')
  },

  'with replace the last record of a key stands': async store => {
    await store.commit({ values: [], calls: [call(CALL, 'a long first record')], mode: 'replace' })
    const { calls } = await store.commit({ values: [], calls: [call(CALL, 'second')], mode: 'replace' })
    equal(calls, [undefined], 'the answer')
    equal(await store.calls.get([CALL]), [bytesOf('second')], 'calls')
  },

  'an empty commit does nothing': async store => {
    const result = await store.commit({ values: [], calls: [], mode: 'absent' })
    equal([...result.values, ...result.calls], [], 'the answers')
    equal([...(await listedKeys(store.values)), ...(await listedKeys(store.calls))], [], 'what is stored')
  },

  'whoever sees a record sees its values': async store => {
    // Watches while commits run: a record that shows before its values is caught in between.
    const batches = Array.from({ length: 5 }, (_, i) => ({
      record: keyFrom(`c${i}`),
      values: keysFrom(`a${i}`, 20),
    }))
    let running = true
    const watching = async () => {
      while (running) {
        for (const { record, values } of batches) {
          if (!(await store.calls.has([record]))[0]) continue
          equal(
            await store.values.has(values),
            values.map(() => true),
            'has, of the values of a record that can be seen',
          )
        }
        await new Promise(resolve => setTimeout(resolve))
      }
    }
    const committing = async () => {
      try {
        for (const { record, values } of batches) {
          await store.commit({ values: values.map(key => entry(key, 'v')), calls: [call(record, 'r')], mode: 'absent' })
        }
      } finally {
        running = false
      }
    }
    await Promise.all([watching(), committing()])
  },

  'of 20 commits of one record with absent exactly one wins': async store => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, async (_, i) => {
        const batch = { values: [entry(A, 'a')], calls: [call(CALL, `record ${i}`)], mode: 'absent' } as const
        return (await store.commit(batch)).calls[0]
      }),
    )
    equal(answers.filter(answer => answer === undefined).length, 1, 'winners')
    equal(await store.calls.get([CALL]), [bytesOf(`record ${answers.indexOf(undefined)}`)], 'what is left')
  },

  'the arrays and bytes of a commit are neither kept nor changed': async store => {
    const [value, record] = [pattern(300, 1), pattern(300, 2)]
    const values = Object.freeze([entry(B, value), entry(A, value)])
    const calls = Object.freeze([call(OTHER, record), call(CALL, record)])
    await store.commit(Object.freeze({ values, calls, mode: 'absent' }))
    equal([value, record], [pattern(300, 1), pattern(300, 2)], 'the bytes given')
    value.fill(0xee)
    record.fill(0xee)
    equal(await store.values.get([A, B]), [pattern(300, 1), pattern(300, 1)], 'values')
    equal(await store.calls.get([CALL, OTHER]), [pattern(300, 2), pattern(300, 2)], 'calls')
  },

  'a committed record is found where calls can be searched': async store => {
    await store.commit({ values: [], calls: [call(OTHER, 'other', 'g'), call(CALL, 'call', 'f')], mode: 'absent' })
    const found: Digest[] = []
    if (isCallIndex(store.calls)) {
      const options = { where: [{ field: 'name', equals: 'f' }] } as const
      for await (const { key } of store.calls.find(options)) found.push(key)
    } else {
      found.push(...(await listedKeys(store.calls, { prefix: 'ca' })))
    }
    equal(found, [CALL], 'what is found')
  },
}
