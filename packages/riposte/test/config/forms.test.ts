import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { memoize, openCache } from '../../src/index.ts'
import { folderWith, inFolder } from './folders.ts'

const config = { caches: { local: { store: 'sqlite', path: 'data/calls.db' } } }
const text = JSON.stringify(config)
const typed = `import { defineConfig, type Config } from 'riposte'
const config: Config = ${text}
export default defineConfig(config)`
const esm = `import { defineConfig } from 'riposte'\nexport default defineConfig(${text})`
const cjs = `const { defineConfig } = require('riposte')\nmodule.exports = defineConfig(${text})`
const module = { type: 'module' }

test.each<[string, Record<string, unknown>]>([
  ['riposte.config.json', { 'riposte.config.json': config }],
  ['JSON with a byte order mark', { 'riposte.config.json': `\uFEFF${text}` }],
  ['the key riposte of a package.json', { 'package.json': { name: 'x', riposte: config } }],
  ['riposte.config.ts in an ESM package', { 'riposte.config.ts': typed, 'package.json': module }],
  ['riposte.config.ts in a CommonJS package', { 'riposte.config.ts': typed, 'package.json': {} }],
  ['riposte.config.ts without a package', { 'riposte.config.ts': typed }],
  ['riposte.config.mts', { 'riposte.config.mts': typed }],
  ['riposte.config.js in an ESM package', { 'riposte.config.js': esm, 'package.json': module }],
  ['riposte.config.js as ESM in a CommonJS package', { 'riposte.config.js': esm, 'package.json': {} }],
  ['riposte.config.js as CommonJS', { 'riposte.config.js': cjs, 'package.json': {} }],
  ['riposte.config.mjs', { 'riposte.config.mjs': esm }],
  ['riposte.config.cjs', { 'riposte.config.cjs': cjs }],
  [
    'a module that imports another',
    { 'riposte.config.ts': `export { default } from './shared.ts'`, 'shared.ts': `export default ${text} as const` },
  ],
])('%s is found upward, and its paths start at it', (_, files) => {
  const folder = folderWith(files)
  expect(inFolder(join(folder, 'src', 'deep'), () => openCache('local')).store.label).toBe(
    `sqlite:${join(folder, 'data', 'calls.db')}`,
  )
})

test('a CommonJS module that names a default cache is no ES module', () => {
  const folder = folderWith({
    'riposte.config.cjs': `module.exports = { default: 'near', caches: { near: { store: 'memory' } } }`,
  })
  expect(inFolder(folder, () => openCache()).store.label).toBe('memory')
})

test('what a cache has noted is said by its configuration', async () => {
  const folder = folderWith({
    'riposte.config.json': { caches: { noted: { store: 'memory', tags: { team: 'a' }, collect: ['environment'] } } },
  })
  const cache = inFolder(folder, () => openCache('noted'))
  const f = memoize(async () => 1, { cache, name: 'f' })
  await f()
  expect((await f.record())?.metadata).toMatchObject({ tags: { team: 'a' }, environment: { node: expect.anything() } })
})

test('a path that is whole stays, and ~ is the home directory', () => {
  const home = folderWith({})
  const folder = folderWith({
    'riposte.config.json': {
      caches: {
        whole: { store: 'fs', path: join(home, 'x') },
        tilde: { store: 'fs', path: '~/y' },
        url: { store: 'fs', path: pathToFileURL(join(home, 'z')).href },
      },
    },
  })
  const opened = (name: string) => inFolder(folder, () => openCache(name), { HOME: home }).store.label
  expect(['whole', 'tilde', 'url'].map(opened)).toEqual(['x', 'y', 'z'].map(name => `fs:${join(home, name)}`))
})

test('a URL of no file is refused with its place', () => {
  const folder = folderWith({ 'riposte.config.json': { caches: { web: { store: 'sqlite', path: 'https://a/b' } } } })
  const open = () => inFolder(folder, () => openCache('web'))
  expect(open).toThrow(TypeError)
  expect(open).toThrow(/riposte\.config\.json: caches\.web\.path: .*file: URL; got "https:\/\/a\/b"/)
})

test('in one folder a riposte.config goes over the package.json, TypeScript over JavaScript over JSON', () => {
  const named = (name: string) => ({ caches: { [name]: { store: 'memory' } } })
  const files = {
    'riposte.config.ts': `export default ${JSON.stringify(named('ts'))}`,
    'riposte.config.js': `export default ${JSON.stringify(named('js'))}`,
    'riposte.config.json': named('json'),
    'package.json': { riposte: named('package') },
  }
  const left = Object.entries(files)
  for (const known of ['ts', 'js', 'json', 'package']) {
    const folder = folderWith(Object.fromEntries(left))
    expect(() => inFolder(folder, () => openCache('none'))).toThrow(`known are "${known}", "default"`)
    left.shift()
  }
})

test('a module uses the classes and stores that run here, not copies', async () => {
  const folder = folderWith({
    'riposte.config.ts': `
      import { RiposteError, memoryStore } from 'riposte'
      import { RiposteError as ofCore } from '@riposte/core'
      const store = () => ({ ...memoryStore(), label: String(RiposteError === ofCore && RiposteError === globalThis.expected) })
      export default { caches: { own: { store } } }`,
  })
  const { RiposteError } = await import('../../src/index.ts')
  Object.assign(globalThis, { expected: RiposteError })
  expect(inFolder(folder, () => openCache('own')).store.label).toBe('true')
})
