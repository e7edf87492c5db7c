import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openCache } from '../../src/index.ts'
import { folderWith, inFolder, mistakeOf } from './folders.ts'

// What a configuration cannot import is reached by what it shares with the program.
Object.assign(globalThis, { openCacheOfTest: openCache })

const sqlite = { store: 'sqlite', path: 'x.db' }
const local = (cache: unknown) => ({ caches: { local: cache } })
const range = (count: number) => Array.from({ length: count }, (_, at) => at)
const chain = (at: number) => ({ store: 'pool', members: [at < 30 ? `n${at}` : sqlite] })
const twice = (at: number) => ({ store: 'pool', members: [`n${at}`, `n${at}`] })

/** As text, since to write so much as JSON is too deep for some Nodes. */
function nested(depth: number): string {
  const store = '{"store":"tiered","tiers":['.repeat(depth) + JSON.stringify(sqlite) + ']}'.repeat(depth)
  return `{"caches":{"local":${store}}}`
}

test.each<[string, unknown, string]>([
  ['no object', [], 'expected an object; got an array'],
  ['null', 'null', 'expected an object; got null'],
  ['an unknown key', { cashes: {} }, 'cashes: there is no such setting here; did you mean "caches"?'],
  ['a root of another type', { root: 'yes' }, 'root: expected true or false; got "yes"'],
  ['a default of another type', { default: 3 }, 'default: expected the name of a cache; got 3'],
  ['caches of another type', { caches: ['x'] }, 'caches: expected an object; got an array'],
  ['an empty name', { caches: { '': sqlite } }, 'caches: a cache needs a name'],
  ['a cache of another type', local('sqlite'), 'caches.local: expected an object; got "sqlite"'],
  ['an odd name', { caches: { 'a.b': 1 } }, 'caches."a.b": expected an object; got 1'],
  ['no kind', local({ path: 'x' }), 'caches.local.store: expected a kind of store (memory, sqlite, fs,'],
  [
    'an unknown kind',
    local({ store: 'sqllite' }),
    'caches.local.store: there is no kind of store "sqllite"; did you mean "sqlite"?',
  ],
  [
    'a kind from the prototype',
    local({ store: 'constructor' }),
    'there is no kind of store "constructor"; known are "memory"',
  ],
  ['no path', local({ store: 'sqlite' }), 'caches.local.path: expected a path; got nothing'],
  ['an empty path', local({ store: 'fs', path: '' }), 'caches.local.path: expected a path; got ""'],
  [
    'a misspelt setting',
    local({ ...sqlite, durabel: true }),
    'caches.local.durabel: there is no such setting here; did you mean "durable"?',
  ],
  [
    'a setting of another kind',
    local({ ...sqlite, sync: true }),
    'caches.local.sync: there is no such setting here; known are "store", "path"',
  ],
  [
    '__proto__',
    '{"caches":{"local":{"store":"memory","__proto__":1}}}',
    'caches.local.__proto__: there is no such setting',
  ],
  [
    'a text for a flag',
    local({ ...sqlite, durable: 'true' }),
    'caches.local.durable: expected true or false; got "true"',
  ],
  [
    'an unknown bound',
    local({ ...sqlite, limit: { byte: 1 } }),
    'caches.local.limit.byte: there is no such setting here; did you mean "bytes"?',
  ],
  [
    'a bound of another type',
    local({ ...sqlite, limit: { bytes: '1 GB' } }),
    'caches.local.limit.bytes: expected a number from 0 up; got "1 GB"',
  ],
  ['no bound', local({ ...sqlite, limit: {} }), 'caches.local.limit: expected'],
  [
    'a limit to what is read-only',
    local({ ...sqlite, limit: { items: 9 }, readOnly: true }),
    'caches.local.limit: a read-only store evicts nothing',
  ],
  [
    'an unknown algorithm',
    local({ ...sqlite, compressed: { algorithm: 'zip' } }),
    'caches.local.compressed.algorithm: expected "brotli" or "zstd"; got "zip"',
  ],
  ['a level out of range', local({ ...sqlite, compressed: { level: 99 } }), 'caches.local.compressed: expected'],
  [
    'a cache option of another type',
    local({ ...sqlite, hotFor: null }),
    'caches.local.hotFor: expected a number from 0 up; got null',
  ],
  ['a wrong hot', local({ ...sqlite, hot: true }), 'caches.local.hot: expected an object; got true'],
  [
    'no tiers',
    local({ store: 'tiered' }),
    'caches.local.tiers: expected an array of stores or names of caches; got nothing',
  ],
  ['empty tiers', local({ store: 'tiered', tiers: [] }), 'caches.local.tiers: expected an array of stores'],
  [
    'a tier of another type',
    local({ store: 'tiered', tiers: [sqlite, 3] }),
    'caches.local.tiers[1]: expected an object; got 3',
  ],
  [
    'a cache option in a tier',
    local({ store: 'tiered', tiers: [{ ...sqlite, hot: false }] }),
    'caches.local.tiers[0].hot: there is no such setting',
  ],
  [
    'bytes changed around tiers',
    local({ store: 'tiered', tiers: [sqlite], compressed: true }),
    'caches.local.compressed: there is no such setting',
  ],
  [
    'an unknown tier',
    local({ store: 'tiered', tiers: ['locale'] }),
    'caches.local.tiers[0]: there is no cache "locale"',
  ],
  [
    'a tier that is itself',
    local({ store: 'tiered', tiers: [{ store: 'pool', members: ['local'] }] }),
    'caches.local.tiers[0].members[0]: the cache "local" is a part of itself',
  ],
  [
    'stores in stores without end',
    nested(3000),
    `caches.local${'.tiers[0]'.repeat(16)}: stores stand in stores more than 16 deep`,
  ],
  [
    'names of stores in stores without end',
    { caches: { local: chain(0), ...Object.fromEntries(range(30).map(at => [`n${at}`, chain(at + 1)])) } },
    'caches.n14.members[0]: stores stand in stores more than 16 deep',
  ],
  [
    'names that multiply',
    {
      caches: {
        local: twice(0),
        ...Object.fromEntries(range(11).map(at => [`n${at}`, at < 10 ? twice(at + 1) : sqlite])),
      },
    },
    'more than 1000 stores, each name counted as often as it is used',
  ],
  [
    'a path that no file can have',
    local({ store: 'fs', path: 'a\0b' }),
    'caches.local.path: expected a path; got "a\\u0000b"',
  ],
  ['a database that no file can have', local({ ...sqlite, path: 'a\0b' }), 'caches.local.path: expected a path; got'],
  ['keys in the file', local({ ...sqlite, signed: 'aa'.repeat(32) }), 'caches.local.signed: expected { env }'],
  ['a key for a name', local({ ...sqlite, signed: { env: 'aa'.repeat(32) } }), 'caches.local.signed: expected { env }'],
  [
    'no keys',
    local({ ...sqlite, signed: { env: 'NOT_SET' } }),
    'caches.local.signed: expected keys as hex digits in the environment variable NOT_SET; it is not set: `openssl rand -hex 32` makes a key',
  ],
  [
    'a variable of a name that objects have',
    local({ ...sqlite, signed: { env: 'constructor' } }),
    'caches.local.signed: expected keys as hex digits in the environment variable constructor; it is not set',
  ],
])('%s', (_, config, message) => {
  const folder = folderWith({ 'riposte.config.json': config })
  const told = inFolder(folder, () => mistakeOf(() => openCache('local')))
  expect(told.slice(0, folder.length + 22)).toBe(`${join(folder, 'riposte.config.json')}: `)
  expect(told.slice(folder.length + 22)).toContain(message)
  expect(told).not.toContain('aaaa')
})

test.each<[string, string, string, string]>([
  ['broken JSON', 'riposte.config.json', '{\n  "caches": {},\n  oops\n}', '(line 3 column 3)'],
  ['an empty file', 'riposte.config.json', '', 'expected an object; got nothing'],
  ['a broken package.json', 'package.json', '{ "riposte": ', 'JSON'],
  ['broken TypeScript', 'riposte.config.ts', 'export default {\n  caches: {},,\n}', 'riposte.config.ts:2:13'],
  ['a module that throws', 'riposte.config.ts', 'const x: number = 1\nthrow new Error("boom")', 'boom (line 2)'],
  ['a module that awaits', 'riposte.config.mjs', 'export default await 1', 'it cannot await'],
  ['a module without a default', 'riposte.config.ts', 'export const caches = {}', 'expected an object; got nothing'],
  [
    'a module that promises',
    'riposte.config.ts',
    'export default Promise.resolve({})',
    'expected an object; got a promise',
  ],
  [
    'a module that exports a function',
    'riposte.config.js',
    'export default () => ({})',
    'expected an object; got a function',
  ],
  [
    'a module that opens a cache',
    'riposte.config.ts',
    'import { openCache } from "riposte"\nopenCache()',
    'cannot open caches',
  ],
  [
    'a store that is made',
    'riposte.config.ts',
    'import * as r from "riposte"\nexport default { caches: { local: { store: r.memoryStore() } } }',
    'caches.local.store: expected a function that makes the store',
  ],
  [
    'a store that is promised',
    'riposte.config.ts',
    'export default { caches: { local: { store: async () => 1 } } }',
    'caches.local.store: expected a function that returns a store at once',
  ],
  [
    'no store',
    'riposte.config.ts',
    'export default { caches: { local: { store: () => "x", compressed: true } } }',
    'caches.local.store: expected a function that returns a store; got "x"',
  ],
  [
    'half a store',
    'riposte.config.ts',
    'export default { caches: { local: { store: () => ({ commit: 1 }) } } }',
    'caches.local: expected a store',
  ],
  [
    'a store that stands in itself',
    'riposte.config.ts',
    'const local = { store: "tiered", tiers: [] }\nlocal.tiers.push(local)\nexport default { caches: { local } }',
    `caches.local${'.tiers[0]'.repeat(16)}: stores stand in stores more than 16 deep`,
  ],
  [
    'a store that opens its own cache',
    'riposte.config.cjs',
    'module.exports = { caches: { local: { store: () => globalThis.openCacheOfTest("local").store } } }',
    'caches.local: the cache "local" is opened by its own store',
  ],
  [
    'a setting that throws',
    'riposte.config.ts',
    'export default { caches: { local: { store: "memory", get hot() { throw new Error("boom") } } } }',
    'boom',
  ],
  ['caches that throw', 'riposte.config.ts', 'export default { get caches() { throw new Error("boom") } }', 'boom'],
  [
    'a setting that throws what looks like a mistake told already',
    'riposte.config.cjs',
    'module.exports = { get caches() { throw new TypeError(__filename + ": boom") } }',
    'it cannot be read: ',
  ],
  [
    'a wrong registry',
    'riposte.config.ts',
    'export default { caches: { local: { store: "memory", registry: {} } } }',
    'caches.local: expected registry',
  ],
])('%s', (_, file, content, message) => {
  const folder = folderWith({ [file]: content })
  const told = inFolder(folder, () => mistakeOf(() => openCache('local')))
  expect(told).toContain(join(folder, file))
  expect(told).toContain(message)
})

test('a wrong key is told by its place, and not shown', () => {
  const folder = folderWith({ 'riposte.config.json': local({ ...sqlite, signed: { env: 'CACHE_KEYS' } }) })
  const told = inFolder(folder, () => mistakeOf(() => openCache('local')), { CACHE_KEYS: `${'aa'.repeat(32)},bbbb` })
  expect(told).toContain('caches.local.signed.CACHE_KEYS: expected keys[1] of at least 32 bytes')
  expect(told).toContain('openssl rand -hex 32')
  expect(told).not.toMatch(/aaaa|bbbb/)
})

test('a mistake in a cache that another names is told where it is written', () => {
  const shared = { ...sqlite, signed: { env: 'NOT_SET' } }
  const near = { store: 'tiered', tiers: [{ store: 'memory' }, 'shared'] }
  const folder = folderWith({ 'riposte.config.json': { caches: { shared, near } } })
  expect(inFolder(folder, () => mistakeOf(() => openCache('near')))).toContain(
    `${join(folder, 'riposte.config.json')}: caches.shared.signed: expected keys`,
  )
  const nested = { store: 'pool', members: ['near', { store: 'memory', signed: { env: 'NOT_SET' } }] }
  const both = folderWith({ 'riposte.config.json': { caches: { shared: sqlite, near, nested } } })
  expect(inFolder(both, () => mistakeOf(() => openCache('nested')))).toContain('caches.nested.members[1].signed: ')
})

test('an unknown name is an error that lists the known ones and their files', () => {
  const folder = folderWith({ 'riposte.config.json': { caches: { local: sqlite, shared: sqlite } } })
  expect(inFolder(folder, () => mistakeOf(() => openCache('shraed')))).toBe(
    `there is no cache "shraed" in ${join(folder, 'riposte.config.json')}; did you mean "shared"? Known are "local", "shared", "default"`,
  )
  const none = folderWith({})
  expect(inFolder(none, () => mistakeOf(() => openCache('x')))).toBe(
    'there is no cache "x" (no configuration was found); known are "default"',
  )
})

test('an unknown default is an error at its place', () => {
  const folder = folderWith({ 'riposte.config.json': { default: 'locl', caches: { local: sqlite } } })
  expect(inFolder(folder, () => mistakeOf(() => openCache()))).toContain(
    `${join(folder, 'riposte.config.json')}: default: there is no cache "locl"`,
  )
})

test('caches without a default need a name', () => {
  const folder = folderWith({ 'package.json': { riposte: { caches: { local: sqlite } } } })
  expect(inFolder(folder, () => mistakeOf(() => openCache()))).toContain(
    `${join(folder, 'package.json')}: riposte.default: expected the name of the cache`,
  )
})

test.each([[''], [3], [null]])('the name %j is none', name => {
  // What JavaScript may pass.
  expect(mistakeOf(() => openCache(name as string))).toContain('expected the name of a cache')
})

test('a file that was mended is read', () => {
  const folder = folderWith({ 'riposte.config.ts': 'oops(' })
  inFolder(folder, () => mistakeOf(() => openCache('local')))
  const mended = `export default { caches: { local: { store: 'memory' } } }`
  inFolder(folder, () => process.getBuiltinModule('node:fs').writeFileSync('riposte.config.ts', mended))
  expect(inFolder(folder, () => openCache('local')).store.label).toBe('memory')
})

test('a folder of the name of a configuration is told by its name', () => {
  const folder = folderWith({ 'riposte.config.json/x': '' })
  expect(inFolder(folder, () => mistakeOf(() => openCache('local')))).toContain(
    `${join(folder, 'riposte.config.json')}: it cannot be read`,
  )
})
