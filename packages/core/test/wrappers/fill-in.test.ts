import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isPromise, type MaybePromise, run, wait } from '../../src/flow.ts'
import { type Digest, digest } from '../../src/index.ts'
import { fillIn, firstAnswers, type Source } from '../../src/wrappers/fill-in.ts'

const key = (n: number): Digest => digest(n)

/** Answers from a table, and notes what it was asked about. */
function sourceOf(answers: ReadonlyMap<Digest, number>, later = false) {
  const asked: (readonly Digest[])[] = []
  const source: Source<number | undefined> = keys => {
    asked.push(keys)
    const found = keys.map(one => answers.get(one))
    return wait<readonly (number | undefined)[]>(later ? Promise.resolve(found) : found)
  }
  return { source, asked }
}

const digests = fc.nat(9).map(key)
const tables = fc.array(
  fc.array(fc.tuple(digests, fc.nat())).map(pairs => new Map(pairs)),
  { maxLength: 4 },
)

describe('the first answers', () => {
  test('are those of the first source that has one, each asked for what those before it lack', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(digests, { minLength: 1, maxLength: 12 }),
        tables,
        fc.boolean(),
        async (keys, all, later) => {
          const sources = all.map(table => sourceOf(table, later))
          const answers: MaybePromise<readonly (number | undefined)[]> = run(
            firstAnswers(
              keys,
              sources.map(({ source }) => source),
              undefined,
            ),
          )
          const first = (one: Digest, among = all) => among.find(table => table.has(one))?.get(one)
          expect(await answers).toEqual(keys.map(one => first(one)))
          for (const [at, { asked }] of sources.entries()) {
            const lacking = keys.filter(one => first(one, all.slice(0, at)) === undefined)
            expect(asked).toEqual(lacking.length === 0 ? [] : [lacking])
          }
        },
      ),
    )
  })

  test('to no keys are asked of every source', async () => {
    const [now, later] = [sourceOf(new Map()), sourceOf(new Map(), true)]
    const answers = run(firstAnswers([], [now.source, later.source, now.source], undefined))
    expect(isPromise(answers)).toBe(true)
    expect(await answers).toEqual([])
    expect([now.asked, later.asked]).toEqual([[[], []], [[]]])
  })
})

test('filling in leaves the answers that it is given as they are', () => {
  const given = [undefined, 1]
  const { source } = sourceOf(new Map([[key(0), 7]]))
  expect(run(fillIn([key(0), key(1)], given, undefined, source))).toEqual([7, 1])
  expect(given).toEqual([undefined, 1])
})
