import type { Backend } from '@riposte/core'
import type { Rules } from '../cases.ts'
import { equal, isPrefix } from '../expect.ts'
import { bytesOf, entry, keyFrom, keysFrom, pattern } from '../samples.ts'

const A = keyFrom('aa')
const B = keyFrom('ab')
const MISSING = keyFrom('ac')

/** `get`, `has`, and what batches are. */
export const reading: Rules<Backend> = {
  'what is put is got, byte for byte, at every length': async backend => {
    const lengths = [0, 1, 39, 40, 41, 255, 256, 1000, 4096, 4097, 70_000]
    const entries = lengths.map((length, i) => entry(keyFrom(`c${i.toString(16)}`), pattern(length, i)))
    await backend.put(entries, 'replace')
    const got = await backend.get(entries.map(({ key }) => key))
    for (const [i, { bytes }] of entries.entries()) equal(got[i], bytes, `an entry of ${bytes.length} bytes`)
  },

  'bytes that text or padding would change are kept': async backend => {
    const tricky = [
      [0],
      [0, 0, 0],
      [1, 0],
      [0, 1],
      [0xff, 0xfe],
      [0xef, 0xbb, 0xbf],
      [0x80],
      [0x0d, 0x0a],
      [0x1a],
      [0x20],
    ]
    const entries = tricky.map((bytes, i) => entry(keyFrom(`c${i}`), Uint8Array.from(bytes)))
    await backend.put(entries, 'keep')
    const got = await backend.get(entries.map(({ key }) => key))
    for (const [i, { bytes }] of entries.entries()) equal(got[i], bytes, `an entry of the bytes ${bytes}`)
  },

  'an entry of 1 MiB comes back whole': async backend => {
    const large = pattern(1024 * 1024)
    await backend.put([entry(A, large)], 'keep')
    equal((await backend.get([A]))[0], large, 'an entry of 1 MiB')
  },

  'what was never put is undefined, and not there': async backend => {
    await backend.put([entry(A, 'a')], 'keep')
    equal(await backend.get([MISSING]), [undefined], 'get')
    equal(await backend.has([MISSING]), [false], 'has')
  },

  'an empty entry is there': async backend => {
    await backend.put([entry(A, '')], 'keep')
    equal(await backend.get([A]), [new Uint8Array()], 'get')
    equal(await backend.has([A]), [true], 'has')
  },

  'get answers in the order of its keys': async backend => {
    await backend.put([entry(A, 'a'), entry(B, 'b')], 'keep')
    equal(await backend.get([B, MISSING, A]), [bytesOf('b'), undefined, bytesOf('a')], 'get')
  },

  'has answers in the order of its keys': async backend => {
    await backend.put([entry(A, 'a'), entry(B, 'b')], 'keep')
    equal(await backend.has([MISSING, B, MISSING, A]), [false, true, false, true], 'has')
  },

  'a key that stands twice in a batch is answered twice': async backend => {
    await backend.put([entry(A, 'a'), entry(B, 'b')], 'keep')
    const keys = [A, B, A, MISSING, MISSING, A]
    const [a, b] = [bytesOf('a'), bytesOf('b')]
    equal(await backend.get(keys), [a, b, a, undefined, undefined, a], 'get')
    equal(await backend.has(keys), [true, true, true, false, false, true], 'has')
    equal(await backend.touch(keys), [true, true, true, false, false, true], 'touch')
  },

  'an empty batch does nothing and is answered with an empty one': async backend => {
    equal(await backend.get([]), [], 'get')
    equal(await backend.has([]), [], 'has')
    equal(await backend.touch([]), [], 'touch')
    equal(await backend.delete([]), 0, 'delete')
    for (const mode of ['keep', 'absent', 'replace'] as const) equal(await backend.put([], mode), [], `put ${mode}`)
  },

  'get up to some bytes gives at least so many first bytes, or all there are': async backend => {
    const sizes = [0, 1, 40, 100, 100_000]
    const entries = sizes.map((size, i) => entry(keyFrom(`d${i}`), pattern(size, i)))
    await backend.put(entries, 'keep')
    const keys = entries.map(({ key }) => key)
    for (const upTo of [0, 1, 40, 41, 4096, 200_000]) {
      const got = await backend.get([MISSING, ...keys], { upTo })
      equal(got.length, keys.length + 1, 'answers')
      equal(got[0], undefined, 'an absent entry')
      for (const [i, { bytes }] of entries.entries()) {
        isPrefix(got[i + 1], bytes, upTo, `up to ${upTo} of ${bytes.length} bytes`)
      }
    }
  },

  'a batch of 1,100 keys is answered whole': async backend => {
    const keys = keysFrom('abcd', 1100)
    await backend.put(
      keys.map((key, i) => entry(key, `entry ${i}`)),
      'absent',
    )
    const backwards = keys.toReversed()
    const got = await backend.get(backwards)
    equal(got.length, keys.length, 'answers')
    for (const i of keys.keys()) equal(got[i], bytesOf(`entry ${keys.length - 1 - i}`), `answer ${i}`)
    equal(await backend.has([...keys, MISSING]), [...keys.map(() => true), false], 'has')
    equal(await backend.touch([...keys, MISSING]), [...keys.map(() => true), false], 'touch')
    equal(await backend.delete([...keys, MISSING].map(key => ({ key }))), keys.length, 'delete')
    equal(
      await backend.has(keys),
      keys.map(() => false),
      'has, after delete',
    )
  },
}
