// Makes the JavaScript of each package's dist/: one module for each entry, one for what entries share, since a hundred
// small modules take five times as long to import, and one for each `import()`. `tsc -b` makes the types. With `--check` it writes nothing
// and fails if what is there was not made from the sources that are here.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const packages = join(dirname(dirname(fileURLToPath(import.meta.url))), 'packages')
const check = process.argv.includes('--check')

const bundles = await Promise.all(readdirSync(packages).map(async name => [join(packages, name), await bundle(name)]))
const stale = bundles.flatMap(([folder, files]) => update(join(folder, 'dist'), files))
if (check && stale.length > 0) {
  console.error(`not what the sources give: ${stale.join(', ')}`)
  process.exitCode = 1
}

/** The text of each file of a package by its path below dist/. */
async function bundle(name) {
  const folder = join(packages, name)
  const { exports, imports = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  // What differs by host stands alone: it is loaded beside the entries, and shares nothing with them.
  const hosts = Object.entries(entriesOf(imports)).map(entry => Object.fromEntries([entry]))
  const builds = await Promise.all([entriesOf(exports), ...hosts].map(entries => bundleEntries(folder, entries)))
  return new Map(builds.flat())
}

async function bundleEntries(folder, entries) {
  const build = await rolldown({
    cwd: folder,
    input: entries,
    platform: 'node',
    // What is no file of the package: its dependencies, Node's modules, and its own `#…`, which differ by host.
    external: (id, _importer, isResolved) => !isResolved && !/^\.{0,2}\//.test(id),
    transform: { target: 'es2023' },
  })
  try {
    const { output } = await build.generate({
      format: 'esm',
      chunkFileNames: '[name].js',
      codeSplitting: { groups: [{ name: sharedByEntries(), debugName: 'shared' }] },
      // One character beyond makes Node keep the whole text in two bytes each, and read it slower.
      charset: 'ascii',
      minifyInternalExports: false,
      // The types have the comments. Those that let a bundler leave out what is not used stay.
      comments: { annotation: true, jsdoc: false, legal: true },
      sourcemap: true,
      sourcemapExcludeSources: true,
    })
    return output.map(({ fileName, code, source }) => [fileName, code ?? source])
  } finally {
    await build.close()
  }
}

/**
 * Puts into one module what an entry shares with others or with an `import()`: by itself rolldown makes a module for each
 * combination of them. An `import()` stays out of it, since bundlers keep what it leads to wherever they keep a part of
 * its module.
 */
function sharedByEntries() {
  const known = new Map()
  /** The entries and `import()`s that a module is loaded by. */
  function startsOf(id, context) {
    if (!known.has(id)) {
      known.set(id, new Set())
      const { isEntry, importers, dynamicImporters } = context.getModuleInfo(id)
      const starts = [...importers].flatMap(importer => [...startsOf(importer, context)])
      known.set(id, new Set(isEntry || dynamicImporters.length > 0 ? [...starts, id] : starts))
    }
    return known.get(id)
  }
  return (id, context) => {
    const starts = [...startsOf(id, context)]
    return starts.length > 1 && starts.some(start => context.getModuleInfo(start).isEntry) ? 'shared' : undefined
  }
}

/** The sources that `exports` or `imports` lead to, each by its module's path below dist/, without `.js`. */
function entriesOf(targets) {
  if (typeof targets === 'string') return {}
  const { '@riposte/source': source, default: built } = targets
  const own = source === undefined ? {} : { [/^\.\/dist\/(.+)\.js$/.exec(built)[1]]: source }
  return Object.assign(own, ...Object.values(targets).map(entriesOf))
}

/** Replaces what differs and removes what is too much, each file at once: programs may be running on it. Names those files. */
function update(dist, files) {
  const changed = []
  for (const [name, text] of files) {
    const file = join(dist, name)
    if (existsSync(file) && readFileSync(file, 'utf8') === text) continue
    changed.push(file)
    if (check) continue
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(`${file}.${process.pid}`, text)
    renameSync(`${file}.${process.pid}`, file)
  }
  const made = existsSync(dist) ? readdirSync(dist, { recursive: true }) : []
  for (const name of made) {
    if (!/\.js(\.map)?$/.test(name) || files.has(name.replaceAll(sep, '/'))) continue
    changed.push(join(dist, name))
    if (!check) rmSync(join(dist, name))
  }
  return changed
}
