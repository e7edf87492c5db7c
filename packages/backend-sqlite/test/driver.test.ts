import { mkdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadDriver, openDatabase } from '../src/driver.ts'
import { thrownBy } from './samples.ts'
import { temporaryFolder } from './temporary.ts'

const folder = temporaryFolder()

/** What a package in `folder/name` would require, with a better-sqlite3 of some version beside it. */
function installed(name: string, version: string, main: string | undefined): NodeJS.Require {
  const home = join(folder, name, 'node_modules', 'better-sqlite3')
  mkdirSync(join(home, 'lib'), { recursive: true })
  // As packages do that keep their manifest to themselves.
  const manifest = { name: 'better-sqlite3', version, exports: { '.': './lib/index.js' } }
  writeFileSync(join(home, 'package.json'), JSON.stringify(manifest))
  if (main !== undefined) writeFileSync(join(home, 'lib', 'index.js'), main)
  return createRequire(join(folder, name, 'index.js'))
}

test('version 13 is not loaded by a Node it would crash, and the message says what to install', () => {
  const require = installed('crash', '13.2.0', 'process.abort()')
  const error = thrownBy(() => loadDriver(require, 9))
  expect(error).toMatchObject({ code: 'ERR_BACKEND', details: { operation: 'open' } })
  expect(String(error)).toContain('better-sqlite3@12')
  expect(String(error)).toContain('13.2.0 needs Node 22.14')
  expect(String(error)).toContain('pnpm: also an override')
})

test.each([
  ['13.2.0', 10],
  ['12.11.1', 9],
  ['12.11.1', 10],
])('version %s is loaded where Node-API is %i', (version, nodeApi) => {
  class Driver {}
  const require = installed(`${version}-${nodeApi}`, version, `module.exports = ${Driver.toString()}`)
  expect(loadDriver(require, nodeApi).name).toBe('Driver')
})

test('one that is not there, or does not load, is an error that says what to do', () => {
  for (const require of [
    installed('missing', '12.11.1', undefined),
    installed('broken', '12.11.1', 'throw new Error("no addon")'),
  ]) {
    const error = thrownBy(() => loadDriver(require))
    expect(error).toMatchObject({ code: 'ERR_BACKEND', cause: expect.any(Error) })
    expect(String(error)).toContain('install it, or give sqliteStore an open database')
  }
})

test.each([
  [
    'was not compiled',
    `function Database() { throw new Error('Could not locate the bindings file. Tried:\\n → /a\\n → /b') }; module.exports = Database`,
  ],
  [
    'was not compiled',
    `function Database() { require('../build/Release/better_sqlite3.node') }; module.exports = Database`,
  ],
  [
    'its compiled part does not load',
    `function Database() { throw Object.assign(new Error('NODE_MODULE_VERSION 1\\nmore'), { code: 'ERR_DLOPEN_FAILED' }) }; module.exports = Database`,
  ],
])('without an addon that loads it %s, and the message says on one line what to run', (fault, main) => {
  const require = installed(`addon ${main.length}`, '12.11.1', main)
  const error = thrownBy(() => openDatabase(loadDriver(require), ':memory:', { readonly: false, timeout: 1 }))
  expect(error).toMatchObject({ code: 'ERR_BACKEND', cause: expect.any(Error) })
  expect(String(error)).toContain(`better-sqlite3 is installed but ${fault}`)
  expect(String(error)).toContain('npm rebuild better-sqlite3')
  expect(String(error)).toContain('pnpm approve-builds')
  expect(String(error)).not.toContain('\n')
})
