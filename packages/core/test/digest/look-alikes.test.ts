import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { compileFunction, runInNewContext } from 'node:vm'
import { createRegistry, digest, isRiposteError, ref } from '@riposte/core'
import { describe, expect, test } from 'vitest'

const spec = join(import.meta.dirname, '../../../../spec')
const table = readFileSync(join(spec, 'look-alikes.md'), 'utf8')
const lines = table.split('\n').filter(line => line.startsWith('| `'))
const ROW = /^\| `(?<a>.+?)` \| `(?<b>.+)` \| (?<digests>same|differ|refused) \| (?<deviation>[^|`]*?) ?\|$/
// Each group of the pattern matches where the pattern does.
const rows = lines.map(line => ({
  ...(ROW.exec(line)!.groups as Readonly<Record<'a' | 'b' | 'digests' | 'deviation', string>>),
}))

class P {
  readonly x: unknown
  constructor(x: unknown) {
    this.x = x
  }
}
class Q {
  readonly x: unknown
  constructor(x: unknown) {
    this.x = x
  }
}
class U {
  readonly x: unknown
  constructor(x: unknown) {
    this.x = x
  }
}
const registry = createRegistry()
registry.register({ id: '00000001', type: P, takeApart: ({ x }) => x, build: x => new P(x) })
registry.register({ id: '00000002', type: Q, takeApart: ({ x }) => x, build: x => new Q(x) })

const helpers = {
  P,
  Q,
  U,
  digest,
  ref,
  runInNewContext,
  hidden: (target: object, key: PropertyKey, value: unknown) => Object.defineProperty(target, key, { value }),
  nest(levels: number, leaf: unknown): unknown {
    let value = leaf
    for (let i = 0; i < levels; i += 1) value = [value]
    return value
  },
}

function evaluate(expression: string): unknown {
  return compileFunction(`return (${expression})`, Object.keys(helpers))(...Object.values(helpers))
}

function digestOrRefusal(value: unknown): string | undefined {
  try {
    return digest(value, { registry })
  } catch (error) {
    if (isRiposteError(error, 'ERR_UNDIGESTIBLE') || isRiposteError(error, 'ERR_CYCLIC')) return undefined
    throw error
  }
}

function relation(a: unknown, b: unknown): string {
  const [one, two] = [digestOrRefusal(a), digestOrRefusal(b)]
  if (one === undefined || two === undefined) return 'refused'
  return one === two ? 'same' : 'differ'
}

test('the table has more than 300 pairs, no two alike, and every line of it is read', () => {
  expect(lines.filter(line => !ROW.test(line))).toEqual([])
  expect(rows.length).toBeGreaterThan(300)
  expect(new Set(lines).size).toBe(lines.length)
})

test.each(rows)('$a and $b: $digests $deviation', ({ a, b, digests, deviation }) => {
  const [one, two] = [evaluate(a), evaluate(b)]
  expect(relation(one, two)).toBe(digests)
  expect(relation(two, one)).toBe(digests)
  expect(relation([one], [two])).toBe(digests)
  if (deviation !== '') return
  expect(isDeepStrictEqual(one, two)).toBe(digests === 'same')
})

test('the pairs of one JSON text are of one JSON text', () => {
  const section = table.split('\n## ').find(text => text.startsWith('One JSON text'))!
  const pairs = rows.filter((_, i) => section.includes(lines[i]!))
  expect(pairs.length).toBeGreaterThan(20)
  for (const { a, b } of pairs) expect(JSON.stringify(evaluate(a))).toBe(JSON.stringify(evaluate(b)))
})

describe('deviations', () => {
  const deviations = readFileSync(join(spec, 'digest.md'), 'utf8')
    .split('## Deviations')[1]!
    .split('\n')
    .filter(line => /^\| [a-z]/.test(line))
    .map(line => line.split('|')[1]!.trim())

  test('that rows name are all in the specification, and each of those has a row', () => {
    const named = new Set(rows.map(({ deviation }) => deviation).filter(name => name !== ''))
    expect([...named].toSorted()).toEqual(deviations.filter(name => name !== 'name').toSorted())
  })
})
