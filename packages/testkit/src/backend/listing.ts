import type { Backend, Digest } from '@riposte/core'
import type { Rules } from '../cases.ts'
import { equal, isTrue } from '../expect.ts'
import { entry, keyFrom, keysFrom, listed, listedKeys, pattern } from '../samples.ts'

const FIRST = keyFrom('')
const LAST = keyFrom('f'.repeat(64))

/** Ascending; written in another order. */
const KEYS: readonly Digest[] = [
  FIRST,
  keyFrom('00ff'),
  keyFrom('3f6b'),
  keyFrom('3f6c'),
  keyFrom('3f6c01'),
  keyFrom('3f6d'),
  keyFrom('40'),
  keyFrom('fffe'),
  LAST,
]

async function fill(backend: Backend, keys: readonly Digest[] = KEYS): Promise<void> {
  const shuffled = keys.map((_, i) => keys[(i * 4 + 3) % keys.length] as Digest) // 4 and 9 have no common divisor
  await backend.put(
    shuffled.map((key, i) => entry(key, pattern(i * 100))),
    'keep',
  )
}

function startingWith(prefix: string): Digest[] {
  return KEYS.filter(key => key.startsWith(prefix))
}

/** `list`: what, in which order, and what may happen meanwhile. */
export const listing: Rules<Backend> = {
  'an empty backend lists nothing': async backend => {
    equal(await listedKeys(backend), [], 'list')
    equal(await listedKeys(backend, { prefix: '3f' }), [], 'list with a prefix')
  },

  'list gives all keys, ascending': async backend => {
    await fill(backend)
    equal(await listedKeys(backend), KEYS, 'list')
    equal(await listedKeys(backend, {}), KEYS, 'list with empty options')
    equal(await listedKeys(backend, { prefix: '', after: undefined }), KEYS, 'list with options left out')
  },

  'list gives the size of the bytes, and an age by the own clock': async backend => {
    const before = await backend.now()
    await fill(backend)
    const after = await backend.now()
    const keys = await listedKeys(backend)
    const bytes = await backend.get(keys)
    for (const [i, info] of (await listed(backend)).entries()) {
      equal(info.size, bytes[i]?.length, `the size of ${info.key}`)
      isTrue(
        info.touched >= before && info.touched <= after,
        `expected an age in ${before}–${after}, got ${info.touched}`,
      )
    }
  },

  'a new size is listed after replace': async backend => {
    const key = keyFrom('aa')
    await backend.put([entry(key, pattern(100))], 'replace')
    await backend.put([entry(key, pattern(7))], 'replace')
    equal((await listed(backend))[0]?.size, 7, 'size')
  },

  'a prefix of any length gives the keys that begin with it': async backend => {
    await fill(backend)
    for (const prefix of [
      '0',
      '00',
      '3',
      '3f',
      '3f6',
      '3f6c',
      '3f6c0',
      '3f6c01',
      '4',
      'f',
      'ff',
      'ffff',
      FIRST,
      LAST,
    ]) {
      equal(await listedKeys(backend, { prefix }), startingWith(prefix), `list with the prefix ${prefix}`)
    }
  },

  'a prefix that fits no key gives nothing': async backend => {
    await fill(backend)
    for (const prefix of ['01', '3e', '3f6e', '3f6c02', '41', 'fffd', 'ffff0', '8']) {
      equal(await listedKeys(backend, { prefix }), [], `list with the prefix ${prefix}`)
    }
  },

  'after gives the keys that are greater, whether or not it is there': async backend => {
    await fill(backend)
    for (const after of [...KEYS, keyFrom('3f'), keyFrom('3f6c00ff'), keyFrom('9')]) {
      equal(
        await listedKeys(backend, { after }),
        KEYS.filter(key => key > after),
        `list after ${after}`,
      )
    }
  },

  'prefix and after together hold both': async backend => {
    await fill(backend)
    for (const prefix of ['3f', '3f6c', 'f', '0']) {
      for (const after of [FIRST, keyFrom('3f6c'), keyFrom('3f6d'), keyFrom('fffe'), LAST]) {
        equal(
          await listedKeys(backend, { prefix, after }),
          startingWith(prefix).filter(key => key > after),
          `list with the prefix ${prefix} after ${after}`,
        )
      }
    }
  },

  'what is written after a listing is in the next': async backend => {
    await fill(backend)
    await listedKeys(backend)
    const key = keyFrom('3f6c02')
    await backend.put([entry(key, 'new')], 'absent')
    equal(await listedKeys(backend, { prefix: '3f6c' }), [...startingWith('3f6c'), key], 'list')
    await backend.delete([{ key }])
    equal(await listedKeys(backend), KEYS, 'list after delete')
  },

  'more than a page is listed whole': async backend => {
    const keys = keysFrom('abcd', 1100)
    await backend.put(
      keys.toReversed().map(key => entry(key, 'x')),
      'replace',
    )
    equal(await listedKeys(backend), keys, 'list')
    equal(await listedKeys(backend, { prefix: 'abcd', after: keys[1000] }), keys.slice(1001), 'list after')
  },

  'a listing may be left early': async backend => {
    await fill(backend)
    for (let i = 0; i < 5; i++) {
      for await (const info of backend.list()) {
        equal(info.key, FIRST, 'the first key')
        break
      }
    }
    await backend.put([entry(keyFrom('aa'), 'written afterwards')], 'replace')
    equal((await listedKeys(backend)).length, KEYS.length + 1, 'keys listed afterwards')
  },

  'two listings at once do not disturb each other': async backend => {
    await fill(backend)
    const seen: Digest[] = []
    for await (const info of backend.list()) {
      seen.push(info.key)
      equal(await listedKeys(backend, { prefix: '3f' }), startingWith('3f'), 'the inner listing')
    }
    equal(seen, KEYS, 'the outer listing')
  },

  'whatever is written and removed during a listing, all else appears once, in order': async backend => {
    const all = keysFrom('ab', 60)
    const stays = all.filter((_, i) => i % 3 === 0)
    const goes = all.filter((_, i) => i % 3 === 1)
    const comes = all.filter((_, i) => i % 3 === 2)
    await backend.put(
      [...goes, ...stays].map(key => entry(key, 'x')),
      'keep',
    )
    const doomed = new Set(goes)
    const seen: Digest[] = []
    for await (const { key } of backend.list()) {
      // Behind the listing, as a sweep removes, and ahead of it; an engine that counts rows loses its place.
      const ahead = goes.at(-1 - seen.length) ?? key
      const gone = [...new Set([key, ahead])].filter(one => doomed.delete(one))
      equal(await backend.delete(gone.map(one => ({ key: one }))), gone.length, 'delete during a listing')
      const come = comes.at(seen.length % 2 === 0 ? seen.length : -seen.length)
      if (come !== undefined) await backend.put([entry(come, 'y')], 'absent')
      seen.push(key)
    }
    equal(seen, seen.toSorted(), 'the order of the listing')
    equal(
      seen.filter(key => stays.includes(key)),
      stays,
      'the keys that stayed',
    )
    equal(new Set(seen).size, seen.length, 'keys listed, each once')
    equal(await listedKeys(backend), [...stays, ...comes].sort(), 'the listing afterwards')
  },
}
