import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type CacheConfig, openCache } from '../../src/index.ts'
import { folderWith, inFolder, mistakeOf } from './folders.ts'

const fs = (path: string, more: object = {}): CacheConfig => ({ store: 'fs', path, ...more })
const labelIn = (folder: string, name?: string) => inFolder(folder, () => openCache(name)).store.label

test('of two files the nearer says what a name means, as a whole', () => {
  const folder = folderWith({
    'riposte.config.json': { caches: { a: fs('outer', { readOnly: true, limit: undefined }), b: fs('outer-b') } },
    'inner/riposte.config.json': { caches: { a: { store: 'memory' } } },
  })
  expect(labelIn(folder, 'a')).toBe(`fs:${join(folder, 'outer')}`)
  expect(labelIn(join(folder, 'inner', 'deep'), 'a')).toBe('memory')
})

test('a file adds to those below it the names that they lack, and the default', () => {
  const folder = folderWith({
    'package.json': { riposte: { default: 'b', caches: { b: fs('outer') } } },
    'inner/riposte.config.json': { caches: { a: fs('inner') } },
  })
  const inner = join(folder, 'inner')
  expect(labelIn(inner, 'b')).toBe(`fs:${join(folder, 'outer')}`)
  expect(labelIn(inner)).toBe(`fs:${join(folder, 'outer')}`)
  expect(labelIn(inner, 'a')).toBe(`fs:${join(inner, 'inner')}`)
})

test('a root hides what is above it, broken files too', () => {
  const folder = folderWith({
    'riposte.config.json': '{',
    'middle/riposte.config.json': { root: true, caches: { a: fs('a') } },
    'middle/inner/riposte.config.json': { caches: { b: fs('b') } },
  })
  const inner = join(folder, 'middle', 'inner')
  expect(labelIn(inner, 'a')).toBe(`fs:${join(folder, 'middle', 'a')}`)
  expect(mistakeOf(() => labelIn(inner, 'c'))).toContain('known are "b", "a", "default"')
})

test('a broken file above is an error: what it says is not known', () => {
  const folder = folderWith({ 'riposte.config.json': '{', 'inner/riposte.config.json': { caches: { a: fs('a') } } })
  expect(mistakeOf(() => labelIn(join(folder, 'inner'), 'a'))).toContain(join(folder, 'riposte.config.json'))
})

test('a package.json without the key is passed', () => {
  const folder = folderWith({ 'riposte.config.json': { caches: { a: fs('a') } }, 'inner/package.json': { name: 'x' } })
  expect(labelIn(join(folder, 'inner'), 'a')).toBe(`fs:${join(folder, 'a')}`)
})

test('names in a file mean what that file sees, whatever files below it say', () => {
  const tiers = { store: 'tiered', tiers: [{ store: 'memory' }, 'last'] }
  const folder = folderWith({
    'riposte.config.json': { caches: { both: tiers, last: fs('outer') } },
    'inner/riposte.config.json': { caches: { last: fs('inner') } },
  })
  expect(labelIn(join(folder, 'inner'), 'both')).toBe(`tiered(memory, fs:${join(folder, 'outer')})`)
})

test('a name in an inner file may be that of an outer one', () => {
  const folder = folderWith({
    'riposte.config.json': { caches: { last: fs('outer') } },
    'inner/riposte.config.json': { caches: { both: { store: 'pool', members: ['last'] } } },
  })
  expect(labelIn(join(folder, 'inner'), 'both')).toBe(`pool(fs:${join(folder, 'outer')})`)
})

test('the way up ends at the home directory', () => {
  const folder = folderWith({ 'riposte.config.json': { caches: { a: fs('a') } } })
  const home = join(folder, 'home')
  const open = () => openCache('a')
  mkdirSync(home)
  expect(inFolder(join(home, 'work'), () => mistakeOf(open), { HOME: home })).toContain('no configuration was found')
})

test('what lies in a folder that is everybody’s is not run', () => {
  const folder = folderWith({ 'riposte.config.js': 'globalThis.ran = true\nexport default {}', 'inner/x': '' })
  chmodSync(folder, 0o1777)
  expect(mistakeOf(() => labelIn(join(folder, 'inner'), 'a'))).toContain('no configuration was found')
  expect(mistakeOf(() => labelIn(folder, 'a'))).toContain('no configuration was found')
  expect(Object.hasOwn(globalThis, 'ran')).toBe(false)
})
