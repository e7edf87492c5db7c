// Packs every public package, installs the tarballs into empty projects and uses them there as a
// stranger would: plain JavaScript, and TypeScript under NodeNext and Bundler resolution.
import { cpSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { rolldown } from 'rolldown'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { attempt, command, installed, repository } from './command.ts'
import { publicPackages, readManifest, targetsOf, withoutSources } from './packages.ts'

const packages = publicPackages()
const work = realpathSync(mkdtempSync(join(tmpdir(), 'riposte-pack-')))
const tarballs = join(work, 'tarballs')
const tarballOf = (name: string, version: string) =>
  join(tarballs, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`)

beforeAll(() => {
  mkdirSync(tarballs)
  const pnpm = readManifest('.').packageManager
  const pack = ['-r', '--filter', './packages/*', 'pack', '--pack-destination', tarballs]
  command('npx', ['--yes', '--loglevel=error', `${pnpm}`, ...pack])
})
afterAll(() => rmSync(work, { recursive: true, force: true }))

test('every public package has one tarball', () => {
  const expected = packages.map(({ manifest }) => tarballOf(manifest.name, manifest.version))
  expect(
    readdirSync(tarballs)
      .map(name => join(tarballs, name))
      .sort(),
  ).toEqual(expected.sort())
})

describe.each(packages)('$manifest.name', ({ manifest }) => {
  const tarball = tarballOf(manifest.name, manifest.version)
  const files = () =>
    command('tar', ['tzf', tarball])
      .split('\n')
      .filter(Boolean)
      .map(path => path.replace(/^package\//, './'))
  const packed = () => JSON.parse(command('tar', ['xzOf', tarball, 'package/package.json']))

  test('publint finds nothing', () => {
    command(installed('publint'), ['run', tarball, '--strict'])
  })

  test('its types are right for ES modules', () => {
    command(installed('attw'), [tarball, '--profile', 'esm-only'])
  })

  test('it publishes the exports that it is developed with, without the sources', () => {
    expect(manifest.publishConfig?.exports).toEqual(withoutSources(manifest.exports ?? {}))
    expect(packed().exports).toEqual(manifest.publishConfig?.exports)
  })

  test('every target of its exports and imports is packed', () => {
    const targets = [...targetsOf(packed().exports), ...targetsOf(packed().imports ?? {})]
    expect(targets.length).toBeGreaterThan(1)
    expect(files()).toEqual(expect.arrayContaining(targets))
  })

  test('it holds modules, types, sources and a manifest, and nothing else', () => {
    const known = /^\.\/(dist\/.+\.(js|js\.map|d\.ts|d\.ts\.map)|src\/.+\.ts|package\.json|README\.md|LICENSE)$/
    expect(files().filter(file => !known.test(file))).toEqual([])
  })

  test('every source has its types, and all types have a source', () => {
    const stems = (folder: string, extension: string) =>
      files()
        .filter(file => file.startsWith(folder) && file.endsWith(extension))
        .map(file => file.slice(folder.length, -extension.length))
        .sort()
    expect(stems('./dist/', '.d.ts')).toEqual(stems('./src/', '.ts'))
  })

  test('its modules are its entries, at most one that they share, and what an import() leads to', () => {
    const modules = files().filter(file => file.endsWith('.js'))
    const importsOf = (file: string, pattern: RegExp) =>
      [...command('tar', ['xzOf', tarball, `package/${file.slice(2)}`]).matchAll(pattern)].map(
        ([, name]) => `./dist/${name}`,
      )
    const entries = [...targetsOf(packed().exports), ...targetsOf(packed().imports ?? {})]
    const atStart = new Set([...entries.filter(file => modules.includes(file)), './dist/shared.js'])
    const later = new Set(modules.flatMap(file => importsOf(file, /\bimport\("\.\/(.+?)"\)/g)))
    const closure = (from: Set<string>): string[] => {
      // What is added on the way is come to.
      for (const file of from) {
        if (!modules.includes(file)) continue
        for (const name of importsOf(file, /^(?:import|export)\b.*"\.\/(.+?)";$/gm)) from.add(name)
      }
      return [...from]
    }
    expect(closure(new Set(entries)).filter(file => !atStart.has(file) && file.endsWith('.js'))).toEqual([])
    const known = closure(new Set([...atStart, ...later]))
    expect(modules.filter(file => !known.includes(file))).toEqual([])
    expect(files()).toContain('./dist/index.js.map')
  })

  test('no dependency is left that only this workspace can resolve', () => {
    const { dependencies = {}, peerDependencies = {} } = packed()
    const ranges = Object.values<string>({ ...dependencies, ...peerDependencies })
    expect(ranges.filter(range => range.startsWith('workspace:'))).toEqual([])
  })
})

describe('in an empty project', () => {
  const app = join(work, 'app')
  // The addon that this workspace compiled already, by link: npm would compile it again.
  const linked = (name: string) => realpathSync(join(repository, 'packages/backend-sqlite/node_modules', name))

  beforeAll(() => {
    mkdirSync(app)
    writeFileSync(join(app, 'package.json'), JSON.stringify({ name: 'app', private: true, type: 'module' }))
    const quiet = ['--ignore-scripts', '--loglevel=error', '--no-audit', '--no-fund', '--prefer-offline']
    const own = packages.map(({ manifest }) => tarballOf(manifest.name, manifest.version))
    const types = realpathSync(join(repository, 'node_modules/@types/node'))
    command('npm', ['install', ...quiet, ...own, linked('better-sqlite3'), types], { cwd: app })
    cpSync(join(repository, 'tests/consumer/use.mts'), join(app, 'use.mts'))
    cpSync(join(repository, 'tests/consumer/use.mjs'), join(app, 'use.mjs'))
    cpSync(join(repository, 'tests/consumer/bundled.mjs'), join(app, 'bundled.mjs'))
  })

  test('plain JavaScript computes once and finds the result in another process', () => {
    const runs = [0, 1].map(() => command(process.execPath, ['use.mjs'], { cwd: app }))
    expect(runs).toEqual(['computed 3\nresult 6\n', 'computed 0\nresult 6\n'])
  })

  test('require loads the modules, where Node can', () => {
    const source =
      "process.stdout.write(require('riposte').digest('a').length + ' ' + require('@riposte/core').digest('a').length)"
    if (process.features.require_module)
      expect(command(process.execPath, ['--no-warnings', '-e', source], { cwd: app })).toBe('64 64')
    else expect(() => command(process.execPath, ['-e', source], { cwd: app })).toThrow('ERR_REQUIRE_ESM')
  })

  // What a bundler makes of `import.meta` in CommonJS: some know its URL, esbuild leaves an empty object.
  describe.each([
    ['an ES module', 'esm', {}],
    ['CommonJS', 'cjs', {}],
    ['CommonJS without import.meta', 'cjs', { 'import.meta': '{}' }],
  ] as const)('a bundle as %s, moved to another folder', (what, format, define) => {
    const folder = join(work, `bundle of ${what}`)
    const program = join(folder, 'dist', format === 'esm' ? 'program.mjs' : 'program.cjs')
    // What starts these tests may say there where more packages are.
    const run = (cwd: string, env: Readonly<Record<string, string>> = {}) =>
      attempt(process.execPath, [program], { cwd, env: { NODE_PATH: undefined, ...env } })

    beforeAll(async () => {
      const build = await rolldown({
        cwd: app,
        input: 'bundled.mjs',
        platform: 'node',
        transform: { define },
        logLevel: 'silent',
      })
      await build.write({ file: program, format, codeSplitting: false })
      await build.close()
      writeFileSync(join(folder, 'package.json'), '{}')
    })

    test('uses the default cache with the better-sqlite3 that is beside it', () => {
      const modules = join(folder, 'node_modules')
      mkdirSync(modules)
      symlinkSync(linked('better-sqlite3'), join(modules, 'better-sqlite3'), 'junction')
      const runs = [run(folder), run(folder)]
      expect(runs.map(({ stdout, stderr }) => stdout + stderr)).toEqual([
        'computed 1 result 6\n',
        'computed 0 result 6\n',
      ])
      rmSync(modules, { recursive: true })
    })

    test('or with that of the working directory', () => {
      expect(run(app)).toMatchObject({ stdout: expect.stringContaining('result 6\n'), stderr: '' })
    })

    test('and else runs uncached and says where it looks', () => {
      const { stdout, stderr } = run(folder)
      expect(stdout).toBe('computed 1 result 6\n')
      expect(stderr).toContain("cannot be loaded (Cannot find module 'better-sqlite3')")
      expect(stderr).toContain('looks for it from its own folder and from the working directory')
    })

    test('reads a configuration: a module with the jiti of its project', () => {
      const text = "{ default: 'near', caches: { near: { store: 'memory' } } }"
      const configured = (place: string) => {
        const file = join(place, 'riposte.near.mjs')
        writeFileSync(file, `export default ${text}`)
        return run(folder, { RIPOSTE_CONFIG: file })
      }
      expect(configured(app)).toMatchObject({ stdout: 'computed 1 result 6\n', stderr: '' })
      expect(configured(folder).stdout).toContain('jiti, which loads modules, is not in this bundle')
    })
  })

  test.each([
    ['NodeNext', 'NodeNext'],
    ['Preserve', 'Bundler'],
  ])('TypeScript with module %s and %s resolution compiles against the types, and runs', (module, moduleResolution) => {
    const outDir = `out-${module}`
    const compilerOptions = {
      target: 'ES2022',
      lib: ['ES2022', 'ESNext.Disposable'],
      module,
      moduleResolution,
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: false,
      types: ['node'],
      rootDir: '.',
      outDir,
    }
    writeFileSync(join(app, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['use.mts'] }))
    command(installed('tsc'), ['-p', '.'], { cwd: app })
    expect(command(process.execPath, [`${outDir}/use.mjs`], { cwd: app })).toBe('12 of 12\n')
  })

  test('the types stand alone: with the libraries that TypeScript takes by default, and no types of Node', () => {
    const program = `import { createCache, memoryStore } from 'riposte'
      await using cache = createCache(memoryStore())
      export const key: string = await cache.values.save([1])`
    writeFileSync(join(app, 'alone.mts'), program)
    const compilerOptions = {
      target: 'ES2022',
      module: 'NodeNext',
      strict: true,
      skipLibCheck: false,
      types: [],
      noEmit: true,
    }
    writeFileSync(join(app, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['alone.mts'] }))
    command(installed('tsc'), ['-p', '.'], { cwd: app })
  })
})

test('what is packed was built from the sources that are here', () => {
  expect(command(installed('tsc'), ['-b', '--dry'])).not.toContain('would build')
  command(process.execPath, ['scripts/bundle.mjs', '--check'])
})
