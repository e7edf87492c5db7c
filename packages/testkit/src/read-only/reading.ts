import type { Backend, Digest } from '@riposte/core'
import type { Rules } from '../cases.ts'
import { equal, failsWith, isPrefix, isTrue } from '../expect.ts'
import { entry, keyFrom, listed, listedKeys } from '../samples.ts'

/** A backend that is only read, and what is in it. */
export interface Filled {
  readonly backend: Backend
  readonly holds: ReadonlyMap<Digest, Uint8Array>
}

const MISSING = keyFrom('ab')

/** What the doc comments of `Backend` promise of reads, and that nothing is written. */
export const readingOnly: Rules<Filled> = {
  'what stands beneath is got, in the order of the keys, each as often as it is asked for': async ({
    backend,
    holds,
  }) => {
    const keys = [...holds.keys()].toReversed()
    const asked = [MISSING, ...keys, ...keys.slice(0, 3), MISSING]
    const expected = asked.map(key => holds.get(key))
    equal(await backend.get(asked), expected, 'get')
    equal(
      await backend.has(asked),
      expected.map(bytes => bytes !== undefined),
      'has',
    )
  },

  'an empty batch is answered with an empty one': async ({ backend }) => {
    equal(await backend.get([]), [], 'get')
    equal(await backend.has([]), [], 'has')
  },

  'get up to some bytes gives at least so many first bytes, or all there are': async ({ backend, holds }) => {
    const keys = [...holds.keys()]
    for (const upTo of [0, 1, 40, 41, 4096, 200_000]) {
      const got = await backend.get([MISSING, ...keys], { upTo })
      equal(got.length, keys.length + 1, 'answers')
      equal(got[0], undefined, 'an absent entry')
      for (const [i, bytes] of [...holds.values()].entries()) {
        isPrefix(got[i + 1], bytes, upTo, `up to ${upTo} of ${bytes.length} bytes`)
      }
    }
  },

  'list gives all keys, ascending, with the size of the bytes and an age': async ({ backend, holds }) => {
    const infos = await listed(backend)
    equal(
      infos.map(({ key }) => key),
      [...holds.keys()],
      'list',
    )
    equal(
      infos.map(({ size }) => size),
      [...holds.values()].map(bytes => bytes.length),
      'sizes',
    )
    // Of many stores each has a clock of its own.
    isTrue(
      infos.every(({ touched }) => touched > 0),
      `expected ages, got ${infos.map(({ touched }) => touched).join(', ')}`,
    )
    isTrue((await backend.now()) > 0, 'expected a time of now')
  },

  'a prefix and what a listing begins after hold, alone and together': async ({ backend, holds }) => {
    const keys = [...holds.keys()]
    for (const key of [...keys, MISSING]) {
      for (const prefix of ['', key.slice(0, 1), key.slice(0, 2), key.slice(0, 5), key]) {
        const expected = keys.filter(one => one.startsWith(prefix))
        equal(await listedKeys(backend, { prefix }), expected, `list with the prefix ${prefix}`)
        equal(
          await listedKeys(backend, { prefix, after: key }),
          expected.filter(one => one > key),
          `list with the prefix ${prefix} after ${key}`,
        )
      }
    }
  },

  'a listing may be left early, and two at once do not disturb each other': async ({ backend, holds }) => {
    const keys = [...holds.keys()]
    for await (const info of backend.list()) {
      equal(info.key, keys[0], 'the first key')
      break
    }
    const seen: Digest[] = []
    for await (const { key } of backend.list()) {
      seen.push(key)
      equal(await listedKeys(backend, { after: key }), keys.slice(seen.length), 'the inner listing')
    }
    equal(seen, keys, 'the outer listing')
  },

  'writes are ERR_REJECTED, also those of nothing, and change nothing': async ({ backend, holds }) => {
    const before = await listed(backend)
    const [key = MISSING] = holds.keys()
    for (const mode of ['keep', 'absent', 'replace'] as const) {
      for (const entries of [[], [entry(key, 'other')], [entry(MISSING, 'new')]]) {
        await failsWith('ERR_REJECTED', `put ${mode}`, () => backend.put(entries, mode))
      }
    }
    for (const keys of [[], [key]]) {
      await failsWith('ERR_REJECTED', 'touch', () => backend.touch(keys))
      await failsWith('ERR_REJECTED', 'delete', () => backend.delete(keys.map(one => ({ key: one }))))
    }
    equal(await backend.get([key, MISSING]), [holds.get(key), undefined], 'get, afterwards')
    equal(
      (await listed(backend)).flatMap(({ key: one, size, touched }) => [one, size, touched]),
      before.flatMap(({ key: one, size, touched }) => [one, size, touched]),
      'list, afterwards',
    )
  },

  'reads after close are ERR_CLOSED, and a second close does nothing': async ({ backend, holds }) => {
    await backend.close()
    const [key = MISSING] = holds.keys()
    await failsWith('ERR_CLOSED', 'get after close', () => backend.get([key]))
    await failsWith('ERR_CLOSED', 'has after close', () => backend.has([key]))
    await failsWith('ERR_CLOSED', 'list after close', () => listed(backend))
    await failsWith('ERR_CLOSED', 'now after close', () => backend.now())
    equal(await backend.close(), undefined, 'a second close')
  },
}
