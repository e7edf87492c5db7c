import { type Backend, type Digest, type Entry, memoryStore, RiposteError } from '@riposte/core'
import { backendConformance } from '@riposte/testkit'
import { expect, test } from 'vitest'
import { caseOf } from './case-of.ts'

/** Breaks one rule: what it gives replaces members of `inner`, a backend that keeps all of them. */
type Break = (inner: Backend) => Partial<Backend>

const NOTHING = Symbol('no entry')

/** What stands under each key, copied, so that a breakage may do as it likes with it. */
async function standing(inner: Backend, key: Digest): Promise<Uint8Array | typeof NOTHING> {
  const [bytes] = await inner.get([key])
  return bytes === undefined ? NOTHING : bytes.slice()
}

async function collect<T>(items: Iterable<T> | AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

/** The rule that catches it, what is broken, and how. */
const BROKEN: readonly (readonly [caughtBy: string, what: string, make: Break])[] = [
  [
    'what is put is got, byte for byte, at every length',
    'the last byte of entries above a page lost',
    inner => ({
      get: async keys =>
        (await inner.get(keys)).map(bytes => (bytes && bytes.length > 4096 ? bytes.slice(0, -1) : bytes)),
    }),
  ],
  [
    'bytes that text or padding would change are kept',
    'entries that end with their last byte that is not zero',
    inner => ({
      put: (entries, mode) =>
        inner.put(
          entries.map(({ key, bytes }) => ({
            key,
            bytes: bytes.subarray(0, bytes.findLastIndex(byte => byte !== 0) + 1),
          })),
          mode,
        ),
    }),
  ],
  [
    'an entry of 1 MiB comes back whole',
    'entries cut at 64 KiB',
    inner => ({ get: async keys => (await inner.get(keys)).map(bytes => bytes?.subarray(0, 65_536)) }),
  ],
  [
    'an empty entry is there',
    'empty entries that read as absent',
    inner => ({ get: async keys => (await inner.get(keys)).map(bytes => (bytes?.length ? bytes : undefined)) }),
  ],
  [
    'get answers in the order of its keys',
    'get that answers in the order of the engine',
    inner => ({ get: (keys, options) => inner.get(keys.toSorted(), options) }),
  ],
  [
    'has answers in the order of its keys',
    'has that answers in the order of the engine',
    inner => ({ has: keys => inner.has(keys.toSorted()) }),
  ],
  [
    'a key that stands twice in a batch is answered twice',
    'get that asks for each key once',
    inner => ({ get: (keys, options) => inner.get([...new Set(keys)], options) }),
  ],
  [
    'an empty batch does nothing and is answered with an empty one',
    'an engine that cannot ask for nothing',
    inner => ({
      has: keys => {
        if (keys.length === 0) throw new RiposteError('ERR_BACKEND', 'syntax error near ()', { operation: 'has' })
        return inner.has(keys)
      },
    }),
  ],
  [
    'get up to some bytes gives at least so many first bytes, or all there are',
    'upTo taken for the index of the last byte',
    inner => ({
      get: async (keys, options) =>
        (await inner.get(keys)).map(bytes =>
          options?.upTo === undefined ? bytes : bytes?.subarray(0, Math.max(0, options.upTo - 1)),
        ),
    }),
  ],
  [
    'a batch of 1,100 keys is answered whole',
    'an engine that takes 999 keys at once',
    inner => ({ get: (keys, options) => inner.get(keys.slice(0, 999), options) }),
  ],
  [
    'keep leaves the bytes that stand',
    'keep that overwrites',
    inner => ({
      put: async (entries, mode) => {
        const answers = await inner.put(entries, mode)
        if (mode === 'keep') await inner.put(entries, 'replace')
        return answers
      },
    }),
  ],
  [
    'replace overwrites, and answers undefined: the last write wins',
    'replace that answers with what it overwrote',
    inner => ({
      put: async (entries, mode) => {
        const before = await inner.get(entries.map(entry => entry.key))
        const answers = await inner.put(entries, mode)
        return mode === 'replace' ? before : answers
      },
    }),
  ],
  [
    'keep and absent answer with the first bytes of what stays',
    'put that answers with the bytes it was given',
    inner => ({
      put: async (entries, mode) =>
        (await inner.put(entries, mode)).map((answer, i) => (answer === undefined ? answer : entries[i]?.bytes)),
    }),
  ],
  [
    'an empty entry that stays is answered with no bytes, not with undefined',
    'put that answers undefined where an empty entry stays',
    inner => ({
      put: async (entries, mode) =>
        (await inner.put(entries, mode)).map(answer => (answer?.length ? answer : undefined)),
    }),
  ],
  [
    'entries of one batch are answered each for itself, in order',
    'put that writes all of a batch or nothing',
    inner => ({
      put: async (entries, mode) => {
        const there = await inner.get(entries.map(entry => entry.key))
        return mode !== 'replace' && there.some(bytes => bytes !== undefined) ? there : inner.put(entries, mode)
      },
    }),
  ],
  [
    'a key twice in one batch of keep or absent has one winner',
    'absent that looks before it writes the batch',
    inner => ({
      put: async (entries, mode) => {
        if (mode === 'replace') return inner.put(entries, mode)
        const there = await inner.get(entries.map(entry => entry.key))
        await inner.put(entries, mode)
        return there
      },
    }),
  ],
  [
    'the arrays and bytes given are not changed',
    'has that sorts the keys it is given',
    inner => ({
      has: async keys => {
        const given = [...keys]
        // A cast to write where the port forbids it: that is what is broken.
        const sorted = (keys as Digest[]).sort()
        const there = new Map((await inner.has(sorted)).map((is, i) => [sorted[i], is]))
        return given.map(key => there.get(key) ?? false)
      },
    }),
  ],
  [
    'the arrays and bytes given are not kept',
    'a front that keeps the bytes it was given',
    inner => {
      const front = new Map<Digest, Uint8Array>()
      return {
        put: async (entries, mode) => {
          const answers = await inner.put(entries, mode)
          for (const [i, { key, bytes }] of entries.entries()) if (answers[i] === undefined) front.set(key, bytes)
          return answers
        },
        get: async (keys, options) =>
          (await inner.get(keys, options)).map((bytes, i) => bytes && (front.get(keys[i] as Digest) ?? bytes)),
      }
    },
  ],
  [
    'a view of larger memory is stored as what it shows',
    'put that takes the memory behind a view',
    inner => ({
      put: (entries, mode) =>
        inner.put(
          entries.map(({ key, bytes }) => ({ key, bytes: new Uint8Array(bytes.buffer).subarray(0, bytes.length) })),
          mode,
        ),
    }),
  ],
  [
    'touch says for each key whether it is there',
    'touch that says yes to everything',
    inner => ({ touch: async keys => (await inner.touch(keys)).map(() => true) }),
  ],
  ['touch sets the age to now', 'touch that does nothing', inner => ({ touch: keys => inner.has(keys) })],
  [
    'touch makes nothing and changes no bytes',
    'touch that makes empty entries',
    inner => ({
      touch: async keys => {
        const there = await inner.has(keys)
        await inner.put(
          keys.map(key => ({ key, bytes: new Uint8Array() })),
          'keep',
        )
        return there
      },
    }),
  ],
  [
    'keep refreshes the age of what stands',
    'keep that leaves the age',
    inner => ({ put: (entries, mode) => inner.put(entries, mode === 'keep' ? 'absent' : mode) }),
  ],
  [
    'absent leaves the age of what stands',
    'absent that refreshes the age',
    inner => ({ put: (entries, mode) => inner.put(entries, mode === 'absent' ? 'keep' : mode) }),
  ],
  [
    'reading does not refresh ages',
    'get that refreshes ages',
    inner => ({
      get: async (keys, options) => {
        await inner.touch(keys)
        return inner.get(keys, options)
      },
    }),
  ],
  [
    'now is not before the age just given',
    'a clock of the process, behind that of the store',
    inner => ({ now: async () => (await inner.now()) - 60_000 }),
  ],
  [
    'no age is before an earlier now',
    'a clock of the process, ahead of that of the store',
    inner => ({ now: async () => (await inner.now()) + 60_000 }),
  ],
  [
    'delete removes and counts what was there',
    'delete that counts what it was asked for',
    inner => ({
      delete: async removals => {
        await inner.delete(removals)
        return removals.length
      },
    }),
  ],
  [
    'a guarded delete spares what was touched since',
    'delete that ignores its guard',
    inner => ({ delete: removals => inner.delete(removals.map(({ key }) => ({ key }))) }),
  ],
  [
    'a guarded delete spares what has any other age',
    'delete that takes an older guard for a newer one',
    inner => ({
      delete: async removals => {
        const ages = new Map((await collect(inner.list())).map(info => [info.key, info.touched]))
        return inner.delete(
          removals.map(({ key, touched }) => ({
            key,
            touched: touched && touched > (ages.get(key) ?? 0) ? undefined : touched,
          })),
        )
      },
    }),
  ],
  [
    'a removal whose age is undefined is not guarded',
    'a guard by the presence of a property',
    inner => ({
      delete: removals =>
        inner.delete(removals.filter(removal => !('touched' in removal && removal.touched === undefined))),
    }),
  ],
  [
    'list gives all keys, ascending',
    'list in descending order',
    inner => ({
      list: async function* (options) {
        yield* (await collect(inner.list(options))).reverse()
      },
    }),
  ],
  [
    'a prefix of any length gives the keys that begin with it',
    'list that understands prefixes of whole bytes only',
    inner => ({
      list: options => inner.list({ ...options, prefix: options?.prefix?.slice(0, options.prefix.length & ~1) }),
    }),
  ],
  [
    'a prefix that fits no key gives nothing',
    'list from a prefix on',
    inner => ({
      list: async function* ({ prefix = '', after } = {}) {
        for await (const info of inner.list({ after })) if (info.key >= prefix) yield info
      },
    }),
  ],
  [
    'after gives the keys that are greater, whether or not it is there',
    'list from a key on, that key among them',
    inner => ({
      list: async function* ({ prefix = '', after = '' } = {}) {
        for await (const info of inner.list({ prefix })) if (info.key >= after) yield info
      },
    }),
  ],
  [
    'list gives the size of the bytes, and an age by the own clock',
    'list that counts in blocks',
    inner => ({
      list: async function* (options) {
        for await (const info of inner.list(options)) yield { ...info, size: Math.ceil(info.size / 512) * 512 }
      },
    }),
  ],
  [
    'more than a page is listed whole',
    'list that gives one page',
    inner => ({
      list: async function* (options) {
        yield* (await collect(inner.list(options))).slice(0, 1000)
      },
    }),
  ],
  [
    'a listing may be left early',
    'list that stays open where it was left',
    inner => {
      let open = 0
      return {
        list: async function* (options) {
          open++
          for await (const info of inner.list(options)) yield info
          open--
        },
        put: (entries, mode) => {
          if (open > 0) throw new RiposteError('ERR_BACKEND', 'a statement is in use', { operation: 'put' })
          return inner.put(entries, mode)
        },
      }
    },
  ],
  [
    'whatever is written and removed during a listing, all else appears once, in order',
    'list by offset',
    inner => ({
      list: async function* (options) {
        for (let offset = 0; ; offset++) {
          const info = (await collect(inner.list(options)))[offset]
          if (info === undefined) return
          yield info
        }
      },
    }),
  ],
  [
    'of 100 replacing at once one is left whole, and readers see whole ones',
    'replace in two steps',
    inner => ({
      put: async (entries, mode) => {
        if (mode !== 'replace') return inner.put(entries, mode)
        const halves = entries.map(({ key, bytes }): Entry => ({ key, bytes: bytes.subarray(0, bytes.length / 2) }))
        await inner.put(halves, mode)
        return inner.put(entries, mode)
      },
    }),
  ],
  [
    'of 100 putting with absent at once exactly one wins, and the others get its first bytes',
    'absent that looks, then writes',
    inner => ({
      put: async (entries, mode) => {
        if (mode !== 'absent') return inner.put(entries, mode)
        const there = await Promise.all(entries.map(entry => standing(inner, entry.key)))
        await inner.put(
          entries.filter((_, i) => there[i] === NOTHING),
          'replace',
        )
        return there.map(bytes => (bytes === NOTHING ? undefined : bytes))
      },
    }),
  ],
  [
    'of 20 removing at once exactly one counts',
    'delete that looks, then removes',
    inner => ({
      delete: async removals => {
        const there = await inner.has(removals.map(({ key }) => key))
        await inner.delete(removals)
        return there.filter(Boolean).length
      },
    }),
  ],
  ['use after close is ERR_CLOSED, on every member', 'now that answers after close', () => ({ now: () => Date.now() })],
  [
    'use after close is ERR_CLOSED, on every member',
    'list that is empty after close',
    inner => ({
      list: async function* (options) {
        try {
          yield* inner.list(options)
        } catch {
          // Nothing to see: that is what is broken.
        }
      },
    }),
  ],
  [
    'use after close is ERR_CLOSED, on every member',
    'an engine whose own error comes through after close',
    inner => ({
      get: (keys, options) => {
        try {
          return inner.get(keys, options)
        } catch {
          throw new TypeError('the database connection is not open')
        }
      },
    }),
  ],
  [
    'a second close does nothing',
    'a close that fails the second time',
    inner => {
      let closed = false
      return {
        close: () => {
          if (closed) throw new RiposteError('ERR_CLOSED', 'closed before', { what: 'backend' })
          closed = true
          return inner.close()
        },
      }
    },
  ],
]

test.each(BROKEN)('"%s" catches %s', async (caughtBy, _what, make) => {
  const open = (): Backend => {
    const inner = memoryStore().values
    return { ...inner, ...make(inner) }
  }
  await expect(caseOf(backendConformance({ open }), caughtBy).run()).rejects.toThrow()
})

test('what the table breaks, it breaks in a backend that keeps every rule', async () => {
  const open = (): Backend => ({ ...memoryStore().values })
  for (const one of backendConformance({ open })) await one.run()
})
