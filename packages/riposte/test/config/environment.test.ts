import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { openCache } from '../../src/index.ts'
import { folderWith, inFolder, mistakeOf } from './folders.ts'

const config = { default: 'a', caches: { a: { store: 'fs', path: 'a' }, b: { store: 'fs', path: 'b' } } }
const folderOf = () => folderWith({ 'riposte.config.json': config, 'package.json': {} })
const labelIn = (folder: string, env: Readonly<Record<string, string>>, name?: string) =>
  inFolder(folder, () => openCache(name), env).store.label

test('RIPOSTE_CACHE names the cache where the program names none', () => {
  const folder = folderOf()
  expect(labelIn(folder, { RIPOSTE_CACHE: 'b' })).toBe(`fs:${join(folder, 'b')}`)
  expect(labelIn(folder, { RIPOSTE_CACHE: 'b' }, 'a')).toBe(`fs:${join(folder, 'a')}`)
  expect(labelIn(folder, { RIPOSTE_CACHE: 'default' })).toContain(join(folder, '.cache', 'riposte'))
})

test('RIPOSTE_CACHE with an unknown name is an error that names it', () => {
  const told = inFolder(folderOf(), () => mistakeOf(() => openCache()), { RIPOSTE_CACHE: 'c' })
  expect(told).toMatch(/^RIPOSTE_CACHE: there is no cache "c" in .*; known are "a", "b", "default"$/)
})

test('RIPOSTE_CONFIG is the one configuration, relative to the working directory', () => {
  const folder = folderOf()
  const other = { 'other/mine.json': { caches: { c: { store: 'fs', path: 'c' } } } }
  const elsewhere = folderWith({ ...other, 'work/riposte.config.json': config })
  const env = { RIPOSTE_CONFIG: '../other/mine.json' }
  expect(labelIn(join(elsewhere, 'work'), env, 'c')).toBe(`fs:${join(elsewhere, 'other', 'c')}`)
  expect(inFolder(join(elsewhere, 'work'), () => mistakeOf(() => openCache('a')), env)).toContain('known are "c"')
  expect(labelIn(elsewhere, { RIPOSTE_CONFIG: join(folder, 'riposte.config.json') })).toBe(`fs:${join(folder, 'a')}`)
})

test('RIPOSTE_CONFIG may be a module of any name, or a package.json', () => {
  const folder = folderWith({ 'x.ts': `export default ${JSON.stringify(config)}`, 'package.json': { riposte: config } })
  for (const file of ['x.ts', 'package.json']) {
    expect(labelIn(folder, { RIPOSTE_CONFIG: file })).toBe(`fs:${join(folder, 'a')}`)
  }
})

test.each([
  ['nothing.json', 'ENOENT'],
  ['.', 'expected a configuration with one of the endings .ts, .mts, .js, .mjs, .cjs and .json'],
  ['x.yaml', 'expected a configuration with one of the endings'],
  ['broken.json', 'broken.json: it cannot be loaded'],
  ['package.json', 'riposte: expected an object; got nothing'],
])('RIPOSTE_CONFIG=%s is an error that names it', (file, message) => {
  const folder = folderWith({ 'x.yaml': 'a: 1', 'broken.json': '{', 'package.json': {} })
  const told = inFolder(folder, () => mistakeOf(() => openCache()), { RIPOSTE_CONFIG: file })
  expect(told).toMatch(/^RIPOSTE_CONFIG: /)
  expect(told).toContain(message)
})

test('RIPOSTE_DIR is the folder of the cache that needs no configuration', async () => {
  const folder = folderWith({ 'package.json': {} })
  await using cache = inFolder(folder, () => openCache(), { RIPOSTE_DIR: 'elsewhere/x' })
  expect(cache.store.label).toBe(`sqlite:${join(folder, 'elsewhere', 'x', 'riposte.db')}`)
  await cache.values.save(1)
  expect(existsSync(join(folder, 'elsewhere', 'x', 'riposte.db'))).toBe(true)
  expect(existsSync(join(folder, 'elsewhere', 'x', '.gitignore'))).toBe(false)
  expect(existsSync(join(folder, '.cache'))).toBe(false)
})

test('both take what stores take: a path from the home directory, a file: URL, and no other', () => {
  const folder = folderOf()
  const home = folderWith({})
  const stored = `sqlite:${join(home, 'x', 'riposte.db')}`
  expect(labelIn(folder, { HOME: home, RIPOSTE_DIR: '~/x' }, 'default')).toBe(stored)
  expect(labelIn(folder, { RIPOSTE_DIR: pathToFileURL(join(home, 'x')).href }, 'default')).toBe(stored)
  const file = join(folder, 'riposte.config.json')
  expect(labelIn(home, { RIPOSTE_CONFIG: pathToFileURL(file).href })).toBe(`fs:${join(folder, 'a')}`)
  const told = (name: string) => inFolder(folder, () => mistakeOf(() => openCache('default')), { [name]: 's3://a/b' })
  for (const name of ['RIPOSTE_DIR', 'RIPOSTE_CONFIG']) {
    expect(told(name)).toBe(`${name} expects a path or a file: URL; got "s3://a/b"`)
  }
})

test('a variable that is empty is not set', () => {
  const folder = folderOf()
  const empty = { RIPOSTE_CACHE: '', RIPOSTE_CONFIG: '', RIPOSTE_DIR: '' }
  expect(labelIn(folder, empty)).toBe(`fs:${join(folder, 'a')}`)
  expect(labelIn(folder, empty, 'default')).toContain(join(folder, '.cache', 'riposte'))
})
