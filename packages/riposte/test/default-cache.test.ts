import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { bundle, emptyFolder, emptyProject, runIn } from './project.ts'

const bundles = emptyFolder()
let first: string
let idle: string

beforeAll(async () => {
  first = await bundle(join(import.meta.dirname, 'programs', 'first.ts'), bundles)
  idle = await bundle(join(import.meta.dirname, 'programs', 'idle.ts'), bundles)
})

test('the first program computes once in two runs, and ends by itself', async () => {
  const project = emptyProject()
  const runs = [await runIn(project, first), await runIn(project, first)]
  expect(runs).toEqual([
    { stdout: 'computing\n42\n', stderr: '' },
    { stdout: '42\n', stderr: '' },
  ])
})

test('the cache is beside the nearest package.json, upward, and left out of git', async () => {
  const project = emptyProject()
  const inner = join(project, 'src', 'deep')
  mkdirSync(inner, { recursive: true })
  await runIn(inner, first)
  expect(readdirSync(join(project, '.cache', 'riposte'))).toEqual(expect.arrayContaining(['.gitignore', 'riposte.db']))
  expect(readFileSync(join(project, '.cache', 'riposte', '.gitignore'), 'utf8')).toBe('*\n')
  expect(readdirSync(inner)).toEqual([])
  expect((await runIn(project, first)).stdout).toBe('42\n')
})

test('a .gitignore that is there stays as it is', async () => {
  const project = emptyProject()
  const file = join(project, '.cache', 'riposte', '.gitignore')
  mkdirSync(join(file, '..'), { recursive: true })
  writeFileSync(file, '!riposte.db\n')
  await runIn(project, first)
  expect(readFileSync(file, 'utf8')).toBe('!riposte.db\n')
})

test('without a package.json it is in the cache directory of the user, one for each working directory', async () => {
  const home = emptyFolder()
  const [one, other] = [emptyFolder(), emptyFolder()]
  const env = { HOME: home, LOCALAPPDATA: home, XDG_CACHE_HOME: '' }
  for (const printed of ['computing\n42\n', '42\n']) {
    for (const folder of [one, other]) expect((await runIn(folder, first, env)).stdout).toBe(printed)
  }
  expect(readdirSync(one)).toEqual(['node_modules'])
  const databases = readdirSync(home, { recursive: true, encoding: 'utf8' }).filter(path => /riposte\.db$/.test(path))
  expect(databases).toHaveLength(2)
})

test('importing and memoizing touch nothing', async () => {
  const project = emptyProject()
  expect(await runIn(project, idle)).toEqual({ stdout: 'true\n', stderr: '' })
  expect(readdirSync(project).sort()).toEqual(['node_modules', 'package.json'])
})

test('where the cache cannot be made, calls run all the same, with a warning', async () => {
  const project = emptyProject()
  writeFileSync(join(project, '.cache'), 'in the way')
  const { stdout, stderr } = await runIn(project, first)
  expect(stdout).toBe('computing\n42\n')
  expect(stderr).toContain('RIPOSTE_STORE')
})
