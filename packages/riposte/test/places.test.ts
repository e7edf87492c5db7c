/** Where stores in files are: paths, `~/`, and URLs, for every store that takes one. */
import { existsSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createCache, fsStore, type Store, sqliteStore } from '../src/index.ts'

let folder: string
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'riposte-places-')))
  vi.stubEnv('HOME', join(folder, 'home'))
  vi.stubEnv('USERPROFILE', join(folder, 'home'))
  vi.spyOn(process, 'cwd').mockReturnValue(folder)
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true, force: true })
})

const STORES: readonly (readonly [string, (place: string | URL) => Store])[] = [
  ['sqliteStore', place => sqliteStore(place)],
  ['fsStore', place => fsStore(place)],
  ['synchronous fsStore', place => fsStore(place, { sync: true })],
]

/** What is passed, and where it leads to, both below the test's folder, which is the working directory. */
const PLACES: readonly (readonly [what: string, place: (folder: string) => string | URL, path: string])[] = [
  ['a relative path', () => 'a/b', 'a/b'],
  ['a whole path', here => join(here, 'a'), 'a'],
  ['a path from the home directory', () => '~/a/b', 'home/a/b'],
  ['a ~ that is not first', () => './~/a', '~/a'],
  ['a ~ that is part of a name', () => '~a', '~a'],
  ['a URL', here => pathToFileURL(join(here, 'a b#c?d')), 'a b#c?d'],
  ['the text of a URL', here => pathToFileURL(join(here, 'ä b')).href, 'ä b'],
  ['the text of a URL in capitals', here => pathToFileURL(join(here, 'a')).href.replace('file', 'FILE'), 'a'],
  [
    'what is a URL in all but its class, as in another realm',
    // What of a URL is used.
    here => ({ href: pathToFileURL(join(here, 'a')).href }) as URL,
    'a',
  ],
  ['a name like a scheme', () => 'file', 'file'],
  ['a path with a colon', () => 'a:b/c', 'a:b/c'],
]

const REFUSED: readonly (readonly [what: string, place: unknown, message: RegExp])[] = [
  ['a URL of the web', new URL('https://a.example/x'), /expects .*file: URL; got https:\/\/a\.example\/x/],
  ['the text of one', 's3://bucket/x', /expects .*file: URL; got "s3:\/\/bucket\/x"/],
  ['the scheme of a database', 'sqlite:///x.db', /expects .*file: URL; got "sqlite:\/\/\/x\.db"/],
  ['a file: URL without a whole path', 'file:x.db', /file:\/\/\/.*got "file:x\.db"/],
  ['a file: URL with a query', 'file:///x.db?mode=ro', /query or a fragment.*got "file:\/\/\/x\.db\?mode=ro"/],
  ['a file: URL with a fragment', new URL('file:///x.db#y'), /query or a fragment.*got file:\/\/\/x\.db#y/],
  ['a file: URL with a slash in a name', 'file:///x%2fy', /file:\/\/\/x%2fy/],
  ['nothing', undefined, /undefined/],
  ['an empty string', '', /empty|""/],
  ['a number', 7, /7/],
]

describe.each(STORES)('%s', (_name, open) => {
  test.each(PLACES)('takes %s', async (_what, place, path) => {
    const cache = createCache(open(place(folder)))
    const key = await cache.values.save('kept')
    await cache.close()
    expect(existsSync(join(folder, path))).toBe(true)
    expect(readdirSync(folder)).toEqual([path.split('/')[0]])
    const again = createCache(open(join(folder, path)))
    expect(await again.values.load(key)).toBe('kept')
    await again.close()
  })

  test.each(REFUSED)('refuses %s, and makes nothing', (_what, place, message) => {
    // Whatever it is: that is what is tested.
    expect(() => open(place as string)).toThrow(TypeError)
    expect(() => open(place as string)).toThrow(message)
    expect(readdirSync(folder)).toEqual([])
  })

  test('where there is no home directory, ~ is refused', () => {
    vi.stubEnv('HOME', '')
    vi.stubEnv('USERPROFILE', '')
    expect(() => open('~/x')).toThrow(/home directory.*"~\/x"/)
    expect(readdirSync(folder)).toEqual([])
  })
})

test(':memory: is no file', async () => {
  const cache = createCache(sqliteStore(':memory:'))
  await cache.values.save('kept')
  await cache.close()
  expect(readdirSync(folder)).toEqual([])
})
