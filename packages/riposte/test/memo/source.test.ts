import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { bundle, emptyProject, runIn } from '../project.ts'

const home = emptyProject()
let program: string

beforeAll(async () => {
  program = await bundle('test/programs/edited.ts', home)
}, 60_000)

writeFileSync(join(home, 'body-old.mjs'), 'export const body = x => x + 1\n')
writeFileSync(join(home, 'body-edited.mjs'), 'export const body = x => x + 100\n')
// The language has no source text of it.
writeFileSync(join(home, 'body-bound.mjs'), 'export const body = (x => x + 1000).bind(undefined)\n')

interface Run {
  readonly results: readonly number[]
  readonly explained: string
  /** What was said of source text. */
  readonly warned: readonly string[]
}

async function runBody(folder: string, store: string, body: string, code?: string): Promise<Run> {
  const env = { BODY: join(home, `body-${body}.mjs`), STORE: store, ...(code === undefined ? {} : { CODE: code }) }
  const { stdout, stderr } = await runIn(folder, program, env)
  const printed = JSON.parse(stdout) as Omit<Run, 'warned'>
  return { ...printed, warned: stderr.split('\n').filter(line => line.includes('[RIPOSTE_SOURCE]')) }
}

const old = [2, 3, 4]
const edited = [101, 102, 103]

describe.each(['fs', 'sqlite'])('over %s', store => {
  test('an edited body answers what the old one computed, says so once in each process, and says how to go on', async () => {
    const folder = emptyProject()
    const before = new Date().toISOString()
    expect(await runBody(folder, store, 'old')).toMatchObject({ results: old, warned: [] })
    expect(await runBody(folder, store, 'old')).toMatchObject({ results: old, warned: [] })
    for (const code of [undefined, 'warn']) {
      const { results, explained, warned } = await runBody(folder, store, 'edited', code)
      expect(results).toEqual(old)
      expect(warned).toHaveLength(1)
      for (const part of ['"f"', '`version`', "{ code: 'body' }", "{ code: 'ignore' }"]) {
        expect(warned[0]).toContain(part)
      }
      const [recorded = ''] = /\d{4}-\d\d-\d\dT[\d:.]+Z/.exec(warned[0]!) ?? []
      expect(recorded >= before && recorded <= new Date().toISOString()).toBe(true)
      expect(explained).toContain('other source text')
      expect(explained).toContain(recorded.slice(0, 10))
    }
  })

  test.each([
    ['ignore', old],
    ['body', edited],
  ])("with code: '%s' nothing is said", async (code, results) => {
    const folder = emptyProject()
    await runBody(folder, store, 'old')
    const run = await runBody(folder, store, 'edited', code)
    expect(run).toMatchObject({ results, warned: [] })
    expect(run.explained).not.toContain('source text')
  })

  test('of functions without source text nothing is recorded, and nothing is said', async () => {
    const folder = emptyProject()
    expect(await runBody(folder, store, 'bound')).toMatchObject({ results: [1001, 1002, 1003], warned: [] })
    expect(await runBody(folder, store, 'edited')).toMatchObject({ results: [1001, 1002, 1003], warned: [] })
    const other = emptyProject()
    await runBody(other, store, 'old')
    expect(await runBody(other, store, 'bound')).toMatchObject({ results: old, warned: [] })
  })
})
