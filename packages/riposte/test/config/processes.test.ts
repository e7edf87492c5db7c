import { chmodSync, existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { bundle, emptyFolder, emptyProject, runIn } from '../project.ts'

const bundles = emptyFolder()
let configured: string
let unprivileged: string

beforeAll(async () => {
  const programs = join(import.meta.dirname, '..', 'programs')
  configured = await bundle(join(programs, 'configured.ts'), bundles)
  unprivileged = await bundle(join(programs, 'unprivileged.ts'), bundles)
})

function projectWith(file: string, content: string): string {
  const project = emptyProject()
  writeFileSync(join(project, file), content)
  return project
}

const run = async (project: string, env = {}) => {
  const { stdout, stderr } = await runIn(project, configured, env)
  return { ...JSON.parse(stdout), stderr }
}

test('memoized functions without a cache of their own use the default of the configuration', async () => {
  const project = projectWith(
    'riposte.config.ts',
    `import { defineConfig } from 'riposte'
     export default defineConfig({
       default: 'local',
       caches: { local: { store: 'tiered', tiers: [{ store: 'memory' }, { store: 'sqlite', path: 'calls.db' }] } },
     })`,
  )
  const results = [42, 63]
  expect(await run(project)).toEqual({ results, computed: ['later', 'at once'], stderr: '' })
  expect(await run(project)).toEqual({ results, computed: [], stderr: '' })
  expect(existsSync(join(project, 'calls.db'))).toBe(true)
  expect(existsSync(join(project, '.cache'))).toBe(false)
})

test('two processes may open one cache at once', async () => {
  const project = emptyProject()
  const runs = await Promise.all([run(project), run(project)])
  for (const { results, stderr } of runs) expect({ results, stderr }).toEqual({ results: [42, 63], stderr: '' })
  expect(await run(project)).toEqual({ results: [42, 63], computed: [], stderr: '' })
})

test('a broken configuration rejects or throws at the call, and computes nothing', async () => {
  const project = projectWith('riposte.config.json', '{ "defualt": "x" }')
  const { results, computed } = await run(project)
  const file = join(project, 'riposte.config.json')
  const error = `TypeError: ${file}: defualt: there is no such setting here; did you mean "default"?`
  expect(results).toEqual([expect.stringContaining(error), expect.stringContaining(error)])
  expect(computed).toEqual([])
})

test('memoizeSync over a store that promises says what to do', async () => {
  const config = (more: object) =>
    JSON.stringify({ default: 'files', caches: { files: { store: 'fs', path: 'files', ...more } } })
  const later = await run(projectWith('riposte.config.json', config({})))
  expect(later.results).toEqual([42, expect.stringContaining('expected a store that answers at once')])
  const atOnce = await run(projectWith('riposte.config.json', config({ sync: true })))
  expect(atOnce.results).toEqual([42, 63])
})

test('the environment of the process says which', async () => {
  const project = projectWith(
    'riposte.config.js',
    `const path = process.env.PLACE + '.db'
     export default { default: 'a', caches: { a: { store: 'memory' }, b: { store: 'sqlite', path } } }`,
  )
  expect((await run(project, { RIPOSTE_CACHE: 'b', PLACE: 'here' })).results).toEqual([42, 63])
  expect(readdirSync(project)).toContain('here.db')
})

test('for a project that is read-only it is in the cache directory of the user', async () => {
  const [project, home] = [emptyProject(), emptyFolder()]
  chmodSync(bundles, 0o755)
  chmodSync(home, 0o777)
  chmodSync(project, 0o555)
  onTestFinished(() => chmodSync(project, 0o755))
  const { stdout } = await runIn(project, unprivileged, { HOME: home, LOCALAPPDATA: home, XDG_CACHE_HOME: '' })
  expect(JSON.parse(stdout)).toEqual({ label: expect.stringContaining(`sqlite:${home}`), value: 'a value' })
  expect(readdirSync(project).sort()).toEqual(['node_modules', 'package.json'])
})
