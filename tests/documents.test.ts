// What a document shows works: its programs compile and run, its commands exist, its links lead somewhere.
import { existsSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { repository } from './command.ts'
import { anchorsOf, documents, linksOf } from './markdown.ts'
import { publicPackages, readManifest } from './packages.ts'
import { CompiledPrograms, checkCommand, printedBy, printsAs, programsOf } from './programs.ts'

const pages = documents()
const programs = pages.flatMap(({ blocks }) => programsOf(blocks)).map((program, at) => ({ ...program, at }))
const commands = pages
  .flatMap(({ blocks }) => blocks.filter(({ language }) => ['sh', 'bash', 'console'].includes(language)))
  .flatMap(({ file, text }) => text.split('\n').map(line => ({ file, line: line.trim() })))
  .filter(({ line }) => line !== '' && !line.startsWith('#'))

test('the README shows a program', () => {
  expect(programs.map(({ block }) => block.file)).toContain('README.md')
})

describe('programs', () => {
  const compiled = new CompiledPrograms(programs)
  afterAll(() => compiled[Symbol.dispose]())

  test('the compiler has nothing to say but of programs', () => {
    expect(compiled.complaints).toEqual([])
  })

  test.each(programs)('$block.file:$block.line', ({ at, fragment, text }) => {
    expect(compiled.complaintsOf(at)).toEqual([])
    if (fragment) return
    const { status, stdout, stderr } = compiled.run(at, text)
    expect({ status, failure: status === 0 ? '' : stdout + stderr }).toEqual({ status: 0, failure: '' })
    const promised = printedBy(text)
    if (promised === undefined) return
    const lines = stdout.trimEnd().split('\n')
    const asPromised = lines.map((line, i) => (printsAs(promised[i] ?? '', line) ? promised[i] : line))
    expect(asPromised).toEqual(promised)
  })
})

describe('commands', () => {
  const manifests = ['.', ...publicPackages().map(({ folder }) => folder)].map(readManifest)
  const named = manifests.flatMap(({ dependencies, devDependencies, peerDependencies }) =>
    Object.keys({ ...dependencies, ...devDependencies, ...peerDependencies }),
  )
  const root = readManifest('.')
  const known = {
    scripts: Object.keys(root.scripts ?? {}),
    packages: [...named, ...manifests.map(({ name }) => name)],
    pnpm: root.packageManager ?? '',
  }
  test.each(commands)('$file: $line', ({ line }) => {
    checkCommand(line, known)
  })
})

describe('links', () => {
  test.each(pages)('$file', page => {
    const broken = linksOf(page).filter(({ path, anchor }) => {
      const file = path === '' ? page.file : normalize(join(dirname(page.file), path))
      if (!existsSync(join(repository, file))) return true
      const target = pages.find(other => other.file === file)
      return anchor !== undefined && target !== undefined && !anchorsOf(target).includes(anchor)
    })
    expect(broken).toEqual([])
  })
})

test('what a package shows leads nowhere that is not packed with it', () => {
  const leading = pages.flatMap(page => {
    const [folder] = /^packages[/\\][^/\\]+/.exec(page.file) ?? []
    if (folder === undefined) return []
    return linksOf(page).filter(({ path }) => !join(dirname(page.file), path).startsWith(folder))
  })
  expect(leading).toEqual([])
})

describe('the checks find what is wrong', () => {
  const known = { scripts: ['demo'], packages: ['riposte'], pnpm: 'pnpm@1.2.3' }
  test.each([
    'npm run nothing',
    'npm install ripost',
    'node scripts/none.mjs',
    './none',
    'rm -r x',
    'npx pnpm@1.2.4 i',
  ])('%s', line => {
    expect(() => checkCommand(line, known)).toThrow(line)
  })
  test.each([
    '$ npm run demo -- --help',
    'npm install riposte   # or riposte@1',
    'npm i -D riposte@1.0',
    'npx --yes pnpm@1.2.3 install',
  ])('not in: %s', line => {
    checkCommand(line, known)
  })
  test('a promised line holds a gap for any text, and nothing else is a pattern', () => {
    expect(printsAs('took … ms (a.b)', 'took 3.1 ms (a.b)')).toBe(true)
    expect(printsAs('took … ms (a.b)', 'took 3.1 ms (axb)')).toBe(false)
    expect(printedBy("log(1) // prints: 1\nlog('') // prints:\n")).toEqual(['1', ''])
  })
})
