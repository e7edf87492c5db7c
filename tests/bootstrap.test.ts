// The way from a fresh clone to a command, with an npx that only writes down what it is asked for.
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { attempt, command, repository } from './command.ts'

let clone: string
let programs: string

beforeEach(() => {
  clone = realpathSync(mkdtempSync(join(tmpdir(), 'riposte-clone-')))
  programs = join(clone, 'programs')
  const manifest = {
    packageManager: 'pnpm@1.2.3',
    engines: { node: '^20.19 || >=22.12' },
    scripts: { say: 'node say.mjs', fail: 'exit 3' },
  }
  write('package.json', JSON.stringify(manifest))
  write('pnpm-lock.yaml', 'lockfileVersion: 1\n')
  write('pnpm-workspace.yaml', 'packages: []\n')
  write('say.mjs', 'console.log(JSON.stringify(process.argv.slice(2)))\n')
  write('packages/backend-sqlite/package.json', '{}')
  write('examples/demo/package.json', '{}')
  cpSync(join(repository, 'scripts/bootstrap.mjs'), join(clone, 'scripts/bootstrap.mjs'))
  mkdirSync(join(clone, 'packages/backend-sqlite/node_modules'))
  const addon = realpathSync(join(repository, 'packages/backend-sqlite/node_modules/better-sqlite3'))
  symlinkSync(addon, join(clone, 'packages/backend-sqlite/node_modules/better-sqlite3'))

  mkdirSync(join(clone, 'node_modules'))
  mkdirSync(programs)
  symlinkSync(process.execPath, join(programs, 'node'))
  symlinkSync('/bin/sh', join(programs, 'sh'))
  installer('echo "$@" >> installs.txt')
})
afterEach(() => rmSync(clone, { recursive: true, force: true }))

function write(file: string, text: string): void {
  mkdirSync(dirname(join(clone, file)), { recursive: true })
  writeFileSync(join(clone, file), text)
}

function installer(line: string): void {
  write('programs/npx', `#!/bin/sh\n${line}\n`)
  chmodSync(join(programs, 'npx'), 0o755)
}

const options = () => ({ cwd: clone, env: { PATH: programs, CXX: undefined, PYTHON: undefined } })
const bootstrap = (...words: readonly string[]) => command('node', ['scripts/bootstrap.mjs', ...words], options())
const installs = () => readFileSync(join(clone, 'installs.txt'), 'utf8').trimEnd().split('\n')

test('the pinned pnpm installs what the lockfile says, once', () => {
  bootstrap('say')
  bootstrap('say')
  expect(installs()).toHaveLength(1)
  expect(installs()[0]).toMatch(/ pnpm@1\.2\.3 install --frozen-lockfile /)
})

test.each(['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json', 'examples/demo/package.json'])(
  'a change of %s installs again',
  file => {
    bootstrap('say')
    write(file, `${readFileSync(join(clone, file), 'utf8')}\n`)
    bootstrap('say')
    expect(installs()).toHaveLength(2)
  },
)

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)

test.each([
  [`>=${major}.${minor}`, true],
  [`>=${major}.${minor + 1}`, false],
  [`>=${major - 1}.${minor + 1}`, true],
  [`^${major}.${minor} || >=${major + 2}.1`, true],
  [`^${major - 1}.0 || >=${major}.${minor}`, true],
  [`^${major - 1}.0 || >=${major}.${minor + 1}`, false],
  [`^${major}.${minor + 1} || >=${major + 2}.0`, false],
])('the Node at hand is checked against %s', (node, fits) => {
  const manifest = JSON.parse(readFileSync(join(clone, 'package.json'), 'utf8'))
  write('package.json', JSON.stringify({ ...manifest, engines: { node } }))
  const { status, stderr } = attempt('node', ['scripts/bootstrap.mjs', 'say'], options())
  expect(status).toBe(fits ? 0 : 1)
  expect(stderr.includes(`Node ${node} is needed`)).toBe(!fits)
})

test('words after -- reach the last script as they are', () => {
  const words = ['--version', '2', 'two words', `it's "quoted"`, '$HOME', '*', '']
  const lines = bootstrap('say', 'say', '--', ...words)
    .trimEnd()
    .split('\n')
  expect(lines.map(line => JSON.parse(line))).toEqual([[], words])
})

test('a script that fails ends the command with its status', () => {
  const { status, stdout } = attempt('node', ['scripts/bootstrap.mjs', 'fail', 'say'], options())
  expect({ status, stdout }).toEqual({ status: 3, stdout: '' })
})

test('where nothing compiles, it says what is missing and where it comes from', () => {
  installer('exit 1')
  const { status, stderr } = attempt('node', ['scripts/bootstrap.mjs', 'say'], options())
  expect(status).toBe(1)
  expect(stderr).toContain('a C++ compiler (g++ or clang++), make, Python 3')
  expect(stderr).toMatch(/apt-get install|xcode-select/)
})

test('a failed install is tried again', () => {
  installer('exit 1')
  attempt('node', ['scripts/bootstrap.mjs', 'say'], options())
  installer('echo "$@" >> installs.txt')
  bootstrap('say')
  expect(installs()).toHaveLength(1)
})
