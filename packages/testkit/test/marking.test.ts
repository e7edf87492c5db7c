import {
  type Backend,
  type Digest,
  type MarkingBackend,
  type Marks,
  type MaybePromise,
  memoryStore,
  RiposteError,
} from '@riposte/core'
import { markingConformance } from '@riposte/testkit'
import { describe, expect, test } from 'vitest'
import { caseOf } from './case-of.ts'

/** A backend whose sets are those of the language; `later` says when they answer. */
function markingBackend(later: <T>(answer: T) => MaybePromise<T> = answer => answer): MarkingBackend {
  const { values } = memoryStore()
  return {
    ...values,
    marks: () => {
      const set = new Set<Digest>()
      const check = () => void values.has([])
      return {
        add(keys) {
          check()
          return later(keys.map(key => set.size < set.add(key).size))
        },
        has(keys) {
          check()
          return later(keys.map(key => set.has(key)))
        },
        drop: () => later(set.clear()),
      }
    },
  }
}

describe.each([
  ['now', () => markingBackend()],
  ['later', () => markingBackend(async answer => answer)],
])('sets that answer %s', (_name, open) => {
  for (const one of markingConformance({ open })) test(one.name, one.run)
})

type Break = (inner: MarkingBackend) => Partial<MarkingBackend>

/** A backend whose sets differ in this. */
const sets = (make: (marks: Marks, backend: Backend) => Partial<Marks>): Break => {
  return inner => ({
    marks: () => {
      const marks = inner.marks()
      return { ...marks, ...make(marks, inner) }
    },
  })
}

/** The rule that catches it, what is broken, and how. */
const BROKEN: readonly (readonly [caughtBy: string, what: string, make: Break])[] = [
  [
    'a key is new once, and answers are in the order of keys',
    'an add that looks at all keys before it adds any',
    sets(marks => ({
      add: async keys => {
        const isThere = await marks.has(keys)
        await marks.add(keys)
        return isThere.map(is => !is)
      },
    })),
  ],
  [
    'a set has what was added to it, in the order of what is asked',
    'answers in the order of the engine',
    sets(marks => ({ has: keys => marks.has(keys.toSorted()) })),
  ],
  [
    'sets know nothing of each other',
    'one set for all',
    inner => {
      const marks = inner.marks()
      return { marks: () => marks }
    },
  ],
  [
    'marks are no entries, and entries no marks',
    'marks that are kept as entries',
    sets((marks, backend) => ({
      add: async keys => {
        await backend.put(
          keys.map(key => ({ key, bytes: new Uint8Array() })),
          'keep',
        )
        return marks.add(keys)
      },
    })),
  ],
  [
    'a batch of 1,100 marks is held whole',
    'a set of a thousand keys',
    sets(marks => ({
      add: async keys => [...(await marks.add(keys.slice(0, 1000))), ...keys.slice(1000).map(() => true)],
    })),
  ],
  [
    'marks added at once are each new once',
    'an add that looks before it writes',
    sets(marks => ({
      add: async keys => {
        const isThere = await marks.has(keys)
        await new Promise(resolve => setTimeout(resolve, 1))
        const added = await marks.add(keys)
        return keys.length === 1 ? isThere.map(is => !is) : added
      },
    })),
  ],
  [
    'what was dropped is gone',
    'a set that the next one finds',
    inner => {
      let left: Marks | undefined
      return {
        marks: () => {
          const marks = left ?? inner.marks()
          left = undefined
          const drop = (): void => {
            left = marks
          }
          return { ...marks, drop }
        },
      }
    },
  ],
  [
    'what was dropped is gone',
    'a set that can be dropped once',
    sets(marks => {
      let dropped = false
      return {
        drop: async () => {
          if (dropped) throw new RiposteError('ERR_BACKEND', 'there is no such table', { operation: 'drop' })
          dropped = true
          await marks.drop()
        },
      }
    }),
  ],
  [
    'the arrays of marks are neither kept nor changed',
    'an add that takes from what it is given',
    // Wrong on purpose: the array is the caller's.
    sets(marks => ({ add: keys => marks.add((keys as Digest[]).splice(0)) })),
  ],
  [
    'a closed backend marks nothing, and its sets can be dropped',
    'sets that outlive their backend',
    inner => ({ ...markingBackend(), close: () => inner.close() }),
  ],
]

test.each(BROKEN)('"%s" catches %s', async (caughtBy, _what, make) => {
  const open = (): MarkingBackend => {
    const inner = markingBackend()
    return { ...inner, ...make(inner) }
  }
  await expect(caseOf(markingConformance({ open }), caughtBy).run()).rejects.toThrow()
})

test('each rule catches something', () => {
  const caught = new Set(BROKEN.map(([caughtBy]) => caughtBy))
  const rules = markingConformance({ open: () => markingBackend() }).map(({ name }) => name)
  expect(rules.filter(name => !caught.has(name))).toEqual([])
})
