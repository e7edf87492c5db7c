import type {
  CallCondition,
  CallEntry,
  CallIndex,
  CallTerms,
  Digest,
  Entry,
  FoundEntry,
  Scalar,
  ScalarTest,
} from '@riposte/core'
import { callIndexConformance } from '@riposte/testkit'
import { expect, test } from 'vitest'
import { caseOf } from './case-of.ts'
import { scanningIndex } from './scanning-index.ts'

type Break = (inner: CallIndex, terms: Map<Digest, CallTerms>) => Partial<CallIndex>

/** An index that understands a condition as another one. */
function asking(rewrite: (condition: CallCondition) => CallCondition | undefined): Break {
  return inner => ({
    find: ({ where, ...rest }) =>
      inner.find({ ...rest, where: where.map(rewrite).filter(condition => condition !== undefined) }),
  })
}

/** An index that stores a record's terms as other ones. */
function storing(rewrite: (terms: CallTerms) => CallTerms): Break {
  return inner => ({
    put: (entries, mode) =>
      inner.put(
        entries.map((entry): Entry | CallEntry =>
          'terms' in entry ? { ...entry, terms: rewrite(entry.terms) } : entry,
        ),
        mode,
      ),
  })
}

function storingScalars(rewrite: (value: Scalar) => Scalar): Break {
  return storing(terms => ({
    ...terms,
    metadata: terms.metadata.map(({ path, value }) => ({ path, value: value === undefined ? value : rewrite(value) })),
  }))
}

function testing(rewrite: (test: ScalarTest) => ScalarTest): Break {
  return asking(condition =>
    condition.field === 'metadata' && condition.test ? { ...condition, test: rewrite(condition.test) } : condition,
  )
}

/** The rule that catches it, what is broken, and how. */
const BROKEN: readonly (readonly [caughtBy: string, what: string, make: Break])[] = [
  [
    'find by a name in another case',
    'names without case',
    (inner, terms) => ({
      ...storing(one => ({ ...one, name: one.name.toLowerCase() }))(inner, terms),
      ...asking(condition =>
        condition.field === 'name' ? { ...condition, equals: condition.equals.toLowerCase() } : condition,
      )(inner, terms),
    }),
  ],
  [
    'find by no version',
    'no version taken for any',
    asking(condition => (condition.field === 'version' && condition.equals === undefined ? undefined : condition)),
  ],
  [
    'find by a version that is a string',
    'versions without their type',
    storing(terms => ({ ...terms, version: terms.version?.replaceAll('"', '') })),
  ],
  [
    'find by a name that looks like a position',
    'names that look like positions taken for them',
    asking(condition =>
      condition.field === 'argument' && /^\d+$/.test(`${condition.at}`)
        ? { ...condition, at: Number(condition.at) }
        : condition,
    ),
  ],
  [
    'find by a property that stands in one argument, not in the other',
    'properties searched in all arguments',
    storing(terms => ({
      ...terms,
      args: terms.args.flatMap(term =>
        terms.args.map(other => ({ ...term, position: other.position, name: other.name })),
      ),
    })),
  ],
  [
    'find by an argument that is null',
    'presence asked for instead of a digest',
    asking(condition => (condition.field === 'argument' ? { ...condition, equals: undefined } : condition)),
  ],
  [
    'find by a part of a result',
    'parts of results left out of a search',
    asking(condition => (condition.field === 'resultPart' ? undefined : condition)),
  ],
  ['find by a part of a result', 'parts of results not stored', storing(terms => ({ ...terms, resultParts: [] }))],
  [
    'find by two parts of a result that change places',
    'parts of results without their places',
    storing(terms => ({
      ...terms,
      resultParts: terms.resultParts.flatMap(part => terms.resultParts.map(({ path }) => ({ ...part, path }))),
    })),
  ],
  [
    'find by a part of a result',
    'the presence of a part of a result asked for instead of a digest',
    asking(condition => (condition.field === 'resultPart' ? { ...condition, equals: undefined } : condition)),
  ],
  [
    'find by the presence of a part of a result',
    'parts of results taken for parts of arguments',
    asking(condition => (condition.field === 'resultPart' ? { ...condition, field: 'argument', at: 0 } : condition)),
  ],
  [
    'find by a part of a result named with a letter that is not composed',
    'names of parts that are composed',
    storing(terms => ({
      ...terms,
      resultParts: terms.resultParts.map(part => ({ ...part, path: part.path.normalize('NFC') })),
    })),
  ],
  [
    'find by metadata further down',
    'metadata of two levels only',
    storing(terms => ({ ...terms, metadata: terms.metadata.filter(({ path }) => path.split('/').length <= 3) })),
  ],
  [
    'find by that not all metadata is listed',
    'only metadata with a JSON Pointer',
    storing(terms => ({ ...terms, metadata: terms.metadata.filter(({ path }) => path.startsWith('/')) })),
  ],
  [
    'find by the presence of metadata that is no scalar',
    'metadata indexed only where it is a scalar',
    storing(terms => ({ ...terms, metadata: terms.metadata.filter(term => term.value !== undefined) })),
  ],
  [
    'find by metadata against a test that asks nothing',
    'a test that asks nothing taken for none',
    asking(condition =>
      condition.field === 'metadata' && condition.test && Object.keys(condition.test).length === 0
        ? { ...condition, test: undefined }
        : condition,
    ),
  ],
  [
    'find by true',
    'booleans stored as numbers',
    storingScalars(value => (typeof value === 'boolean' ? Number(value) : value)),
  ],
  ['find by one', 'numbers stored as text', storingScalars(value => (typeof value === 'number' ? `${value}` : value))],
  ['find by null', 'null stored as text', storingScalars(value => value ?? 'null')],
  [
    'find by a fraction',
    'numbers stored as integers',
    storingScalars(value => (typeof value === 'number' ? Math.trunc(value) : value)),
  ],
  [
    'find by numbers up to',
    'a bound that is left out',
    testing(({ lte, ...rest }) => (lte === undefined ? rest : { ...rest, lt: lte })),
  ],
  [
    'find by one of none',
    'an empty list taken for no test',
    testing(({ in: list, ...rest }) => (list?.length ? { ...rest, in: list } : rest)),
  ],
  ['find by numbers between', 'the first of two bounds only', testing(({ lte: _, ...rest }) => rest)],
  [
    'find by two tests of one path',
    'the last condition of a field only',
    inner => ({
      find: ({ where }) =>
        inner.find({ where: [...new Map(where.map(condition => [condition.field, condition])).values()] }),
    }),
  ],
  [
    'find by a name',
    'records in the order they came',
    inner => {
      const order: Digest[] = []
      return {
        put: (entries, mode) => {
          order.push(...entries.map(({ key }) => key))
          return inner.put(entries, mode)
        },
        find: async function* (options) {
          const found: Entry[] = []
          for await (const entry of inner.find(options)) found.push(entry)
          yield* found.sort((a, b) => order.indexOf(a.key) - order.indexOf(b.key))
        },
      }
    },
  ],
  [
    'all records by name desc',
    'equals that descend with what they are ordered by',
    inner => ({
      find: async function* ({ order, ...rest }) {
        const found: FoundEntry[] = []
        for await (const entry of inner.find({ ...rest, order: order && { ...order, direction: 'asc' } }))
          found.push(entry)
        yield* order?.direction === 'desc' ? found.reverse() : found
      },
    }),
  ],
  [
    'all records by /tags/project asc',
    'records without a value left out',
    inner => ({
      find: async function* (options) {
        for await (const entry of inner.find(options)) {
          if (!options.order?.by.startsWith('/') || entry.value !== undefined) yield entry
        }
      },
    }),
  ],
  [
    'records of a name, in no order, by pages',
    'a limit that is not kept',
    inner => ({ find: ({ limit: _, ...rest }) => inner.find(rest) }),
  ],
  [
    'a search goes on behind a place where nothing stands',
    'a place that must be there',
    inner => ({
      find: async function* ({ after, ...rest }) {
        let isBehind = after === undefined
        for await (const entry of inner.find(rest)) {
          if (isBehind) yield entry
          isBehind ||= entry.key === after?.key
        }
      },
    }),
  ],
  [
    'what is found says what it is ordered by',
    'an index that does not say what it ordered by',
    inner => ({
      find: async function* (options) {
        for await (const { key, bytes } of inner.find(options)) yield { key, bytes }
      },
    }),
  ],
  [
    'terms of a replaced record go with it',
    'terms that stay when their record is replaced',
    inner => {
      const first = new Map<Digest, CallTerms>()
      return {
        put: (entries, mode) => {
          const old = entries.map((entry): Entry | CallEntry => {
            if (!('terms' in entry)) return entry
            const terms = first.get(entry.key) ?? entry.terms
            first.set(entry.key, terms)
            return { ...entry, terms }
          })
          return inner.put(old, mode)
        },
      }
    },
  ],
  [
    'terms of an entry that was not written do not count',
    'terms of every entry given',
    (inner, terms) => ({
      put: async (entries, mode) => {
        const answers = await inner.put(entries, mode)
        for (const entry of entries) if ('terms' in entry) terms.set(entry.key, entry.terms)
        return answers
      },
    }),
  ],
  [
    'a record that a guarded delete spared is still found',
    'terms that go with every delete',
    (inner, terms) => ({
      delete: async removals => {
        const removed = await inner.delete(removals)
        for (const { key } of removals) terms.delete(key)
        return removed
      },
    }),
  ],
  [
    'an entry without terms takes the terms of what it replaces away',
    'terms that stay when an entry without them comes',
    (inner, terms) => ({
      put: async (entries, mode) => {
        const before = new Map(terms)
        const answers = await inner.put(entries, mode)
        for (const { key } of entries) {
          const old = before.get(key)
          if (old !== undefined && !terms.has(key)) terms.set(key, old)
        }
        return answers
      },
    }),
  ],
  [
    'terms given are not kept',
    'an index that keeps the terms it was given',
    (inner, terms) => ({
      put: async (entries, mode) => {
        const answers = await inner.put(entries, mode)
        for (const [i, entry] of entries.entries()) {
          if ('terms' in entry && answers[i] === undefined) terms.set(entry.key, entry.terms)
        }
        return answers
      },
    }),
  ],
  [
    'more than a page is found whole, ascending',
    'one page of a search',
    inner => ({
      find: async function* (options) {
        let left = 500
        for await (const entry of inner.find(options)) if (left-- > 0) yield entry
      },
    }),
  ],
  [
    'records may be written and removed during a search; all others are found once, in order',
    'a search by offset',
    inner => ({
      find: async function* (options) {
        for (let offset = 0; ; offset++) {
          let place = 0
          let here: Entry | undefined
          for await (const entry of inner.find(options)) if (place++ === offset) here = entry
          if (here === undefined) return
          yield here
        }
      },
    }),
  ],
  [
    'find after close is ERR_CLOSED',
    'a search that is empty after close',
    inner => ({
      find: async function* (options) {
        try {
          yield* inner.find(options)
        } catch {
          // Nothing to find: that is what is broken.
        }
      },
    }),
  ],
]

test.each(BROKEN)('"%s" catches %s', async (caughtBy, _what, make) => {
  const open = (): CallIndex => {
    const terms = new Map<Digest, CallTerms>()
    const inner = scanningIndex(terms)
    return { ...inner, ...make(inner, terms) }
  }
  await expect(caseOf(callIndexConformance({ open }), caughtBy).run()).rejects.toThrow()
})
