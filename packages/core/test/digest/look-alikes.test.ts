import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { digest, isRiposteError } from '@riposte/core'
import { describe, expect, test } from 'vitest'
import { evaluate, lines, ROW, registry, rows, table } from '../support/look-alikes.ts'

const spec = join(import.meta.dirname, '../../../../spec')

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
