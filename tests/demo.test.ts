// The demo as its users run it: again and again on one store.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { attempt, command } from './command.ts'

interface Run {
  readonly computed: number
  readonly fromStore: number
  /** Steps of which something was computed, and how many calls. */
  readonly steps: Readonly<Record<string, number>>
  readonly output: string
}

const folder = mkdtempSync(join(tmpdir(), 'riposte-demo-'))
const demo = ['examples/demo/main.mjs', '--store', join(folder, 'demo.db')]
let first: Run

function run(...options: readonly string[]): Run {
  const output = command(process.execPath, [...demo, ...options])
  const [, computed, fromStore] =
    /^computed (\d+), from store (\d+), \d+\.\d s$/.exec(output.trimEnd().split('\n').at(-1) ?? '') ?? []
  const rows = [...output.matchAll(/^│ ([a-z]+) +│ +(\d+) │ +(\d+) │ +(\d+) │/gm)]
  const steps = rows.map(([, step, , count]) => [step, Number(count)]).filter(([, count]) => count !== 0)
  return { computed: Number(computed), fromStore: Number(fromStore), steps: Object.fromEntries(steps), output }
}

beforeAll(() => {
  first = run()
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('the first run computes every call', () => {
  expect(first.computed).toBeGreaterThan(150)
  expect(first.fromStore).toBe(0)
  expect(Object.keys(first.steps)).toEqual([
    'parse',
    'hubs',
    'places',
    'month',
    'nearest',
    'lateness',
    'zone',
    'ranking',
  ])
})

test('the second run computes none, and finds the same', () => {
  const second = run()
  expect(second).toMatchObject({ computed: 0, fromStore: first.computed, steps: {} })
  const ranking = (output: string) => output.slice(0, output.indexOf('\n\n'))
  expect(ranking(second.output)).toBe(ranking(first.output))
})

test('a new version that gives other results is computed with what depends on them, and no more', () => {
  const { steps, computed, fromStore } = run('--version', '2')
  expect(steps['nearest']).toBe(first.steps['nearest'])
  expect(Object.keys(steps)).toEqual(['nearest', 'zone', 'ranking'])
  expect(computed + fromStore).toBe(first.computed)
})

test('a new version that gives the same results is computed alone', () => {
  expect(run('--bump', 'lateness').steps).toEqual({ lateness: first.steps['lateness'] })
  expect(run('--bump', 'hubs').steps).toEqual({ hubs: 1 })
})

test('a sweep removes what other versions left, and nothing that this one needs', () => {
  expect(run('--sweep').output).toMatch(/[1-9]\d* records of other versions removed/)
  const { computed, output } = run()
  expect(computed).toBe(0)
  expect(output).toContain('Swept 0 values')
  expect(run('--version', '2').steps['nearest']).toBe(first.steps['nearest'])
})

test('a wrong option is refused with what is possible', () => {
  expect(attempt(process.execPath, [...demo, '--bump', 'nothing']).stderr).toContain('parse, hubs, places')
  expect(attempt(process.execPath, [...demo, '--version', '3']).stderr).toContain('1 or 2')
})
