import type { Refs, Store } from '@riposte/core'
import type { Rules } from '../cases.ts'
import { equal, failsWithTypeError } from '../expect.ts'
import { keyFrom } from '../samples.ts'
import { ILL_FORMED_NAMES, ODD_NAMES } from './odd-names.ts'

const ONE = keyFrom('01')
const TWO = keyFrom('02')

/** Ascending by code point; by UTF-16 units the last two would change places. */
const ASCENDING = ['A', 'Z', 'a', 'a%', 'aB', 'a_', 'ab', 'abc', 'b', 'é', '\u{ffff}', '😀']

/** A rule about the refs of a store, which must offer them. */
function withRefs(check: (refs: Refs, store: Store) => Promise<void>): (store: Store) => Promise<void> {
  return async store => {
    if (store.refs === undefined) throw new Error('expected a store with refs, got one whose refs are undefined')
    await check(store.refs, store)
  }
}

async function named(refs: Refs, prefix?: string): Promise<string[]> {
  const names: string[] = []
  for await (const { name } of refs.list(prefix === undefined ? undefined : { prefix })) names.push(name)
  return names
}

/** `Store.refs`, for a store that offers them. */
export const refs: Rules<Store> = {
  'a name that was never set is absent': withRefs(async refs => {
    equal(await refs.read('a'), undefined, 'read')
    equal(await named(refs), [], 'list')
  }),

  'swap sets, changes and removes what it expects': withRefs(async refs => {
    equal(await refs.swap('a', undefined, ONE), true, 'swap of an absent name')
    equal(await refs.read('a'), ONE, 'read')
    equal(await refs.swap('a', ONE, TWO), true, 'swap of what stands')
    equal(await refs.read('a'), TWO, 'read')
    equal(await refs.swap('a', TWO, TWO), true, 'swap for the same')
    equal(await refs.swap('a', TWO, undefined), true, 'swap for nothing')
    equal(await refs.read('a'), undefined, 'read')
    equal(await named(refs), [], 'list')
    equal(await refs.swap('a', undefined, ONE), true, 'swap of a removed name')
    equal(await refs.read('a'), ONE, 'read')
  }),

  'swap changes nothing where it expects something else, and says so': withRefs(async refs => {
    equal(await refs.swap('a', ONE, TWO), false, 'swap of an absent name')
    equal(await refs.swap('a', ONE, undefined), false, 'removal of an absent name')
    equal(await refs.read('a'), undefined, 'read')
    await refs.swap('a', undefined, ONE)
    equal(await refs.swap('a', undefined, TWO), false, 'swap that expects the name absent')
    equal(await refs.swap('a', TWO, undefined), false, 'removal that expects another')
    equal(await refs.swap('a', TWO, TWO), false, 'swap that expects what it sets')
    equal(await refs.read('a'), ONE, 'read')
  }),

  'swap from absent to absent changes nothing and holds': withRefs(async refs => {
    equal(await refs.swap('a', undefined, undefined), true, 'swap')
    equal(await named(refs), [], 'list')
  }),

  'names do not share what they hold': withRefs(async refs => {
    await refs.swap('a', undefined, ONE)
    await refs.swap('b', undefined, TWO)
    await refs.swap('a', ONE, undefined)
    equal([await refs.read('a'), await refs.read('b')], [undefined, TWO], 'read')
  }),

  'of 20 swaps at once exactly one wins': withRefs(async refs => {
    const race = async (expected: string | undefined, start: string) => {
      const next = Array.from({ length: 20 }, (_, i) => keyFrom(`${start}${(i + 16).toString(16)}`))
      const won = await Promise.all(next.map(async value => refs.swap('a', expected, value)))
      equal(won.filter(Boolean).length, 1, 'winners')
      equal(await refs.read('a'), next[won.indexOf(true)], 'what the name holds')
      return next[won.indexOf(true)]
    }
    const first = await race(undefined, 'a')
    await race(first, 'b')
  }),

  'list gives names with what they hold, ascending by code point': withRefs(async refs => {
    for (const [i, name] of ASCENDING.toReversed().entries())
      await refs.swap(name, undefined, keyFrom(`0${i.toString(16)}`))
    equal(await named(refs), ASCENDING, 'names')
    for await (const { name, value } of refs.list()) equal(value, await refs.read(name), `what ${name} holds`)
  }),

  'list with a prefix gives the names that begin with just that': withRefs(async refs => {
    for (const name of ASCENDING) await refs.swap(name, undefined, ONE)
    for (const prefix of ['', 'a', 'ab', 'abc', 'abcd', 'a%', 'a_', '%', '_', 'A', 'é', '\u{ffff}', '😀', 'c']) {
      equal(
        await named(refs, prefix),
        ASCENDING.filter(name => name.startsWith(prefix)),
        `names that begin with ${JSON.stringify(prefix)}`,
      )
    }
  }),

  'a listing of names may be left early': withRefs(async refs => {
    await refs.swap('a', undefined, ONE)
    await refs.swap('b', undefined, ONE)
    for await (const { name } of refs.list()) {
      equal(name, 'a', 'the first name')
      break
    }
    equal(await refs.swap('b', ONE, TWO), true, 'swap afterwards')
  }),

  'any string that is not empty is a name of its own': withRefs(async refs => {
    for (const name of ODD_NAMES) equal(await refs.read(name), undefined, `read of ${JSON.stringify(name)}`)
    for (const [i, name] of ODD_NAMES.entries()) {
      equal(
        await refs.swap(name, undefined, keyFrom(i.toString(16).padStart(2, '0'))),
        true,
        `swap of ${JSON.stringify(name)}`,
      )
    }
    for (const [i, name] of ODD_NAMES.entries()) {
      equal(await refs.read(name), keyFrom(i.toString(16).padStart(2, '0')), `read of ${JSON.stringify(name)}`)
    }
    equal((await named(refs)).sort(), ODD_NAMES.toSorted(), 'names')
    for (const name of ODD_NAMES)
      equal((await named(refs, name)).includes(name), true, `list with the prefix ${JSON.stringify(name)}`)
    for (const [i, name] of ODD_NAMES.entries()) {
      equal(
        await refs.swap(name, keyFrom(i.toString(16).padStart(2, '0')), undefined),
        true,
        `removal of ${JSON.stringify(name)}`,
      )
    }
    equal(await named(refs), [], 'names afterwards')
  }),

  'names that are not well-formed Unicode stay apart': withRefs(async refs => {
    const names = ILL_FORMED_NAMES
    for (const [i, name] of names.entries()) equal(await refs.swap(name, undefined, keyFrom(`0${i}`)), true, 'swap')
    for (const [i, name] of names.entries())
      equal(await refs.read(name), keyFrom(`0${i}`), `read of ${JSON.stringify(name)}`)
    equal((await named(refs)).sort(), names.toSorted(), 'names')
  }),

  'an empty name is a TypeError': withRefs(async refs => {
    await failsWithTypeError('read of an empty name', () => refs.read(''))
    await failsWithTypeError('swap of an empty name', () => refs.swap('', undefined, ONE))
    equal(await named(refs), [], 'names')
  }),

  'names are neither values nor calls': withRefs(async (refs, store) => {
    await refs.swap(ONE, undefined, TWO)
    equal(await store.values.has([ONE, TWO]), [false, false], 'has, of values')
    equal(await store.calls.has([ONE, TWO]), [false, false], 'has, of calls')
  }),
}

/** For a store that was declared to offer none. */
export const withoutRefs: Rules<Store> = {
  'a store without refs says so': async store => {
    equal(store.refs, undefined, 'refs')
  },
}
