import { type Leases, memoryStore, type Refs, type Store } from '@riposte/core'
import { storeConformance } from '@riposte/testkit'
import { expect, test } from 'vitest'
import { caseOf } from './case-of.ts'
import { indexedStore } from './indexed-store.ts'

const pause = () => new Promise(resolve => setTimeout(resolve, 2))

/** The rule that catches it, what is broken, and how: what is given replaces members of a store that keeps every rule. */
const BROKEN: readonly (readonly [caughtBy: string, what: string, make: (inner: Store) => Partial<Store>])[] = [
  [
    'values: keep leaves the bytes that stand',
    'values that are always replaced',
    inner => ({ values: { ...inner.values, put: entries => inner.values.put(entries, 'replace') } }),
  ],
  [
    'calls: get answers in the order of its keys',
    'calls in the order of the engine',
    inner => ({ calls: { ...inner.calls, get: keys => inner.calls.get(keys.toSorted()) } }),
  ],
  ['store: values and calls are apart, under one key too', 'one table for both', inner => ({ calls: inner.values })],
  ['store: a store has a label for people', 'an empty label', () => ({ label: '' })],
  [
    'store: closing a store closes both of its backends, commit, refs and leases',
    'a close that forgets the calls',
    inner => ({ close: () => inner.values.close() }),
  ],
  [
    'commit: whoever sees a record sees its values',
    'records before values',
    inner => ({
      commit: async batch => {
        const calls = await inner.calls.put(batch.calls, batch.mode)
        await pause()
        return { values: await inner.values.put(batch.values, 'keep'), calls }
      },
    }),
  ],
  [
    'commit: all of a commit is there once it has answered',
    'a commit that loses its first value',
    inner => ({
      commit: async batch => ({
        ...(await inner.commit({ ...batch, values: batch.values.slice(1) })),
        values: batch.values.map(() => undefined),
      }),
    }),
  ],
  [
    'commit: a commit refreshes the age of values that stand',
    'a commit that leaves ages',
    inner => ({
      commit: async batch => ({
        values: await inner.values.put(batch.values, 'absent'),
        calls: await inner.calls.put(batch.calls, batch.mode),
      }),
    }),
  ],
  [
    'commit: with absent the first record of a key stands, and its first bytes are the answer',
    'a commit that replaces records',
    inner => ({ commit: batch => inner.commit({ ...batch, mode: 'replace' }) }),
  ],
  [
    'commit: with replace the last record of a key stands',
    'a commit that never replaces records',
    inner => ({ commit: batch => inner.commit({ ...batch, mode: 'absent' }) }),
  ],
  [
    'commit: a commit answers for values as put with keep does',
    'a commit that answers for calls only',
    inner => ({ commit: async batch => ({ ...(await inner.commit(batch)), values: [] }) }),
  ],
  [
    'commit: a committed record is found where calls can be searched',
    'a commit that loses terms',
    () => {
      const inner = indexedStore()
      const calls = async (batch: Parameters<Store['commit']>[0]) =>
        inner.calls.put(
          batch.calls.map(({ key, bytes }) => ({ key, bytes })),
          batch.mode,
        )
      return {
        calls: inner.calls,
        commit: async batch => ({
          values: await inner.values.put(batch.values, 'keep'),
          calls: await calls(batch),
        }),
      }
    },
  ],
  [
    'refs: of 20 swaps at once exactly one wins',
    'a swap that looks, then writes',
    inner =>
      refs(inner, refs => ({
        swap: async (name, expected, next) => {
          if ((await refs.read(name)) !== expected) return false
          await refs.swap(name, await refs.read(name), next)
          return true
        },
      })),
  ],
  [
    'refs: swap changes nothing where it expects something else, and says so',
    'a swap that says yes to what is so already',
    inner =>
      refs(inner, refs => ({
        swap: async (name, expected, next) =>
          (next !== undefined && next === expected) || (await refs.swap(name, expected, next)),
      })),
  ],
  [
    'refs: any string that is not empty is a name of its own',
    'names that end with NUL',
    inner =>
      refs(inner, refs => ({
        read: name => refs.read(name.split('\0')[0] as string),
        swap: (name, expected, next) => refs.swap(name.split('\0')[0] as string, expected, next),
      })),
  ],
  [
    'refs: names that are not well-formed Unicode stay apart',
    'names stored as UTF-8',
    inner =>
      refs(inner, refs => ({
        read: name => refs.read(new TextDecoder().decode(new TextEncoder().encode(name))),
        swap: (name, expected, next) => {
          const stored = new TextDecoder().decode(new TextEncoder().encode(name))
          return refs.swap(stored, expected, next)
        },
      })),
  ],
  [
    'refs: list gives names with what they hold, ascending by code point',
    'names in the order of UTF-16 units',
    inner =>
      refs(inner, refs => ({
        list: async function* (options) {
          const all = []
          for await (const ref of refs.list(options)) all.push(ref)
          yield* all.sort((a, b) => (a.name < b.name ? -1 : 1))
        },
      })),
  ],
  [
    'refs: list with a prefix gives the names that begin with just that',
    'a prefix that does not mind case',
    inner =>
      refs(inner, refs => ({
        list: async function* ({ prefix = '' } = {}) {
          for await (const ref of refs.list()) if (ref.name.toLowerCase().startsWith(prefix.toLowerCase())) yield ref
        },
      })),
  ],
  [
    'refs: an empty name is a TypeError',
    'an empty name taken for any',
    inner => refs(inner, refs => ({ read: name => (name === '' ? undefined : refs.read(name)) })),
  ],
  [
    'leases: it is said whether other processes share them',
    'leases that do not say it',
    // Wrong on purpose: a store without types may leave it out.
    inner => leases(inner, () => ({ shared: undefined }) as object),
  ],
  [
    'leases: of 20 takes at once exactly one gets the lease',
    'a take that looks, then writes',
    inner =>
      leases(inner, leases => ({
        take: async (key, options) => {
          const looked = await leases.look(key)
          if (looked.state === 'held') return { heldBy: looked.lease }
          await pause()
          const { held } = await leases.take(`${key}${Math.random()}`, options)
          return held === undefined ? leases.take(key, options) : { held: { ...held, key } }
        },
      })),
  ],
  [
    'leases: a late renewal or release changes nothing, and says so',
    'a release that goes by the epoch alone',
    inner =>
      leases(inner, leases => ({
        release: async (lease, outcome) => {
          const looked = await leases.look(lease.key)
          const stands = looked.state !== 'free' && looked.lease.epoch === lease.epoch ? looked.lease : lease
          return leases.release(stands, outcome)
        },
      })),
  ],
  [
    'leases: release as failed is seen, and the key can be taken at once, in a higher epoch',
    'a release that forgets how the work ended',
    inner => leases(inner, leases => ({ release: lease => leases.release(lease, 'done') })),
  ],
  [
    'leases: who waits for a lease learns whether it failed, also when it was taken again meanwhile',
    'a failure that is forgotten when the key is taken again',
    inner =>
      leases(inner, leases => ({
        look: async key => {
          const looked = await leases.look(key)
          return looked.state === 'held' ? { ...looked, failed: 0 } : looked
        },
      })),
  ],
  [
    'leases: a dead holder on this host is replaced at once, in a higher epoch',
    'leases that go by their time alone',
    inner =>
      leases(inner, leases => ({
        take: (key, { ttlMs, holder }) => leases.take(key, { ttlMs, holder: { ...holder, host: 'any' } }),
      })),
  ],
  [
    'leases: what a holder says of itself comes back as it was',
    'leases that do not keep which thread holds them',
    inner =>
      leases(inner, leases => ({
        take: (key, { ttlMs, holder }) => leases.take(key, { ttlMs, holder: { ...holder, thread: '' } }),
      })),
  ],
  [
    'leases: renewal begins the time anew',
    'a renewal that does nothing',
    inner => leases(inner, leases => ({ renew: async ({ key }) => (await leases.look(key)).state === 'held' })),
  ],
  [
    'leases: any string that is not empty is a key of its own',
    'keys that end with NUL',
    inner =>
      leases(inner, leases => ({
        take: (key, options) => leases.take(key.split('\0')[0] as string, options),
        look: key => leases.look(key.split('\0')[0] as string),
      })),
  ],
]

function leases(inner: Store, make: (leases: Leases) => Partial<Leases>): Partial<Store> {
  const offered = inner.leases as Leases // a memory store offers them
  return { leases: { ...offered, ...make(offered) } }
}

function refs(inner: Store, make: (refs: Refs) => Partial<Refs>): Partial<Store> {
  const offered = inner.refs as Refs // a memory store offers them
  return { refs: { ...offered, ...make(offered) } }
}

test.each(BROKEN)('"%s" catches %s', async (caughtBy, _what, make) => {
  const open = (): Store => {
    const inner = memoryStore()
    return { ...inner, ...make(inner) }
  }
  await expect(caseOf(storeConformance({ open }), caughtBy).run()).rejects.toThrow()
})

test('a store that offers no refs fails, unless it was declared to', async () => {
  const open = (): Store => ({ ...memoryStore(), refs: undefined })
  const strict = storeConformance({ open }).filter(one => one.name.startsWith('refs: '))
  for (const one of strict) await expect(one.run()).rejects.toThrow('expected a store with refs')
  const declared = storeConformance({ open, refs: false }).filter(one => one.name.startsWith('refs: '))
  expect(declared.map(one => one.name)).toEqual(['refs: a store without refs says so'])
  for (const one of declared) await one.run()
})

test('a store that offers no leases fails, unless it was declared to, and one that does fails if it was', async () => {
  const open = (): Store => ({ ...memoryStore(), leases: undefined })
  const strict = storeConformance({ open }).filter(one => one.name.startsWith('leases: '))
  for (const one of strict) await expect(one.run()).rejects.toThrow('expected a store with leases')
  const name = 'leases: a store without leases says so'
  await caseOf(storeConformance({ open, leases: false }), name).run()
  const offering = storeConformance({ open: () => memoryStore(), leases: false })
  await expect(caseOf(offering, name).run()).rejects.toThrow()
})

test('a store that was declared to offer no refs and does fails', async () => {
  const cases = storeConformance({ open: () => memoryStore(), refs: false })
  await expect(caseOf(cases, 'refs: a store without refs says so').run()).rejects.toThrow()
})
