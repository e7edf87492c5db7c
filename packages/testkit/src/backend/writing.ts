import { type Backend, PREFIX_BYTES } from '@riposte/core'
import type { Rules } from '../cases.ts'
import { equal, isPrefix, isTrue } from '../expect.ts'
import { bytesOf, entry, keyFrom, listedKeys, pattern } from '../samples.ts'

const A = keyFrom('aa')
const B = keyFrom('ab')
const C = keyFrom('ac')
const MODES = ['keep', 'absent', 'replace'] as const

/** `put`: what it writes and what it answers. */
export const writing: Rules<Backend> = {
  'put answers undefined for what it wrote, in every mode': async backend => {
    for (const [i, mode] of MODES.entries()) {
      const [one, two] = [keyFrom(`e${i}`), keyFrom(`f${i}`)]
      equal(await backend.put([entry(one, mode), entry(two, '')], mode), [undefined, undefined], `put ${mode}`)
      equal(await backend.get([one, two]), [bytesOf(mode), bytesOf('')], `get after put ${mode}`)
    }
  },

  'keep leaves the bytes that stand': async backend => {
    await backend.put([entry(A, 'first')], 'keep')
    await backend.put([entry(A, 'second')], 'keep')
    equal(await backend.get([A]), [bytesOf('first')], 'get')
  },

  'absent leaves the bytes that stand': async backend => {
    await backend.put([entry(A, 'first')], 'absent')
    await backend.put([entry(A, 'second')], 'absent')
    equal(await backend.get([A]), [bytesOf('first')], 'get')
  },

  'replace overwrites, and answers undefined: the last write wins': async backend => {
    await backend.put([entry(A, 'a long first entry')], 'replace')
    equal(await backend.put([entry(A, 'second')], 'replace'), [undefined], 'put')
    equal(await backend.get([A]), [bytesOf('second')], 'get')
    await backend.put([entry(A, '')], 'replace')
    equal(await backend.get([A]), [bytesOf('')], 'get after an empty write')
  },

  'keep and absent answer with the first bytes of what stays': async backend => {
    const standing = pattern(10_000, 3)
    await backend.put([entry(A, standing)], 'replace')
    for (const mode of ['keep', 'absent'] as const) {
      const [first] = await backend.put([entry(A, pattern(10_000, 4))], mode)
      isPrefix(first, standing, PREFIX_BYTES, `put ${mode}`)
    }
  },

  'an entry that stays and is shorter than the prefix is answered whole': async backend => {
    await backend.put([entry(A, 'short')], 'replace')
    for (const mode of ['keep', 'absent'] as const) {
      equal(await backend.put([entry(A, 'other')], mode), [bytesOf('short')], `put ${mode}`)
    }
  },

  'an empty entry that stays is answered with no bytes, not with undefined': async backend => {
    await backend.put([entry(A, '')], 'replace')
    for (const mode of ['keep', 'absent'] as const) {
      equal(await backend.put([entry(A, 'other')], mode), [bytesOf('')], `put ${mode}`)
    }
  },

  'entries of one batch are answered each for itself, in order': async backend => {
    await backend.put([entry(B, 'stands')], 'keep')
    for (const mode of ['keep', 'absent'] as const) {
      const batch = [entry(C, 'new c'), entry(B, 'new b'), entry(A, 'new a')]
      equal(await backend.put(batch, mode), [undefined, bytesOf('stands'), undefined], `put ${mode}`)
      equal(await backend.get([A, B, C]), [bytesOf('new a'), bytesOf('stands'), bytesOf('new c')], 'get')
      await backend.delete([{ key: A }, { key: C }])
    }
  },

  'a key twice in one batch of keep or absent has one winner': async backend => {
    for (const [i, mode] of (['keep', 'absent'] as const).entries()) {
      const key = keyFrom(`b${i}`)
      const given = [bytesOf('one'), bytesOf('two')]
      const answers = await backend.put(
        given.map(bytes => ({ key, bytes })),
        mode,
      )
      const winner = answers.indexOf(undefined)
      equal(answers.filter(answer => answer === undefined).length, 1, `entries written by put ${mode}`)
      equal(await backend.get([key]), [given[winner]], `get after put ${mode}`)
      equal(answers[1 - winner], given[winner], 'the first bytes of what stays')
    }
  },

  'a key twice in one batch of replace leaves one of the two whole': async backend => {
    const batch = [entry(A, 'one'), entry(A, 'number two')]
    equal(await backend.put(batch, 'replace'), [undefined, undefined], 'put')
    const [got] = await backend.get([A])
    isTrue(
      batch.some(({ bytes }) => bytes.join() === got?.join()),
      'expected one of the two entries whole',
    )
    equal(await listedKeys(backend), [A], 'list')
  },

  'the arrays and bytes given are not changed': async backend => {
    // Sorting or writing in place throws on what is frozen.
    const bytes = pattern(300)
    const entries = Object.freeze([B, A, C].map(key => Object.freeze({ key, bytes })))
    const keys = Object.freeze([C, A, B])
    for (const mode of MODES) await backend.put(entries, mode)
    await backend.get(keys)
    await backend.has(keys)
    await backend.touch(keys)
    await backend.delete(Object.freeze([Object.freeze({ key: B }), Object.freeze({ key: A })]))
    equal(bytes, pattern(300), 'the bytes given')
  },

  'the arrays and bytes given are not kept': async backend => {
    const memory = pattern(600)
    const view = memory.subarray(100, 400)
    const expected = view.slice()
    const entries = [entry(A, view)]
    const keys = [A]
    for (const mode of MODES) {
      await backend.put(entries, mode)
      await backend.get(keys)
      memory.fill(0xee)
      entries[0] = entry(B, 'changed')
      keys[0] = B
      equal(await backend.get([A, B]), [expected, undefined], `get, when what was given to put ${mode} has changed`)
      memory.set(pattern(600))
      entries[0] = entry(A, view)
      keys[0] = A
    }
  },

  'a view of larger memory is stored as what it shows': async backend => {
    const memory = pattern(1000)
    await backend.put([entry(A, memory.subarray(10, 20)), entry(B, memory.subarray(990))], 'replace')
    equal(await backend.get([A, B]), [memory.slice(10, 20), memory.slice(990)], 'get')
  },
}
