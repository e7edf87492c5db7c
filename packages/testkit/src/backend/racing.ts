import { type Backend, PREFIX_BYTES } from '@riposte/core'
import type { Rules } from '../cases.ts'
import { equal, isPrefix, isTrue } from '../expect.ts'
import { bytesOf, entry, keyFrom, keysFrom, listed, pattern } from '../samples.ts'

const A = keyFrom('aa')
const WRITERS = Array.from({ length: 100 }, (_, i) => pattern(1000 + i * 10, i))

function isOneWhole(bytes: Uint8Array | undefined, what: string): void {
  const written = WRITERS.find(one => one.length === bytes?.length)
  isTrue(written !== undefined, `${what}: ${bytes?.length} bytes are what none of the writers wrote`)
  equal(bytes, written, what)
}

/** Many at once. Each settles before the rule looks, so that a failure of any is seen. */
export const racing: Rules<Backend> = {
  'of 100 replacing at once one is left whole, and readers see whole ones': async backend => {
    await backend.put([entry(A, WRITERS[0] as Uint8Array)], 'replace')
    const reads: Promise<Uint8Array | undefined>[] = []
    const writes = WRITERS.map(async bytes => {
      const answer = await backend.put([entry(A, bytes)], 'replace')
      equal(answer, [undefined], 'put replace')
    })
    for (let i = 0; i < 50; i++) reads.push((async () => (await backend.get([A]))[0])())
    await Promise.all(writes)
    for (const bytes of await Promise.all(reads)) isOneWhole(bytes, 'a read during the writes')
    isOneWhole((await backend.get([A]))[0], 'what is left')
    equal((await listed(backend)).length, 1, 'entries listed')
  },

  'of 100 keeping at once one is left whole': async backend => {
    await Promise.all(WRITERS.map(async bytes => backend.put([entry(A, bytes)], 'keep')))
    isOneWhole((await backend.get([A]))[0], 'what is left')
  },

  'of 100 putting with absent at once exactly one wins, and the others get its first bytes': async backend => {
    const answers = await Promise.all(WRITERS.map(async bytes => (await backend.put([entry(A, bytes)], 'absent'))[0]))
    equal(answers.filter(answer => answer === undefined).length, 1, 'winners')
    const winner = WRITERS[answers.indexOf(undefined)] as Uint8Array // there is one, as just seen
    equal(await backend.get([A]), [winner], 'what is left')
    for (const answer of answers) {
      if (answer !== undefined) isPrefix(answer, winner, PREFIX_BYTES, 'what a loser got')
    }
  },

  'of 20 removing at once exactly one counts': async backend => {
    await backend.put([entry(A, 'a')], 'keep')
    const counts = await Promise.all(Array.from({ length: 20 }, async () => backend.delete([{ key: A }])))
    equal(
      counts.reduce((sum, count) => sum + count, 0),
      1,
      'removals counted',
    )
    equal(await backend.has([A]), [false], 'has')
  },

  'batches over the same keys in different order all get through': async backend => {
    const keys = keysFrom('ab', 8)
    await Promise.all(
      Array.from({ length: 40 }, async (_, i) => {
        const turned = keys.map((_, j) => keys[(i % 2 === 0 ? i + j : i + 8 - j) % 8] ?? A)
        await backend.put(
          turned.map(key => entry(key, `writer ${i}`)),
          i % 4 < 2 ? 'replace' : 'keep',
        )
        await backend.get(turned)
        await backend.touch(turned)
      }),
    )
    equal(
      (await listed(backend)).map(info => info.key),
      keys,
      'list',
    )
  },

  'an entry put beside removals of others is not lost': async backend => {
    const keys = keysFrom('ab', 50)
    await Promise.all(
      keys.map(async (key, i) => {
        await backend.put([entry(key, `entry ${i}`)], 'absent')
        if (i % 2 === 1) await backend.delete([{ key }])
      }),
    )
    equal(
      await backend.get(keys),
      keys.map((_, i) => (i % 2 === 1 ? undefined : bytesOf(`entry ${i}`))),
      'get',
    )
  },
}
