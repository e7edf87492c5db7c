/** Finds and loads configurations. Each is loaded once in the process, as modules are. */
import { statSync } from 'node:fs'
import { dirname, extname, join } from 'node:path'
import { lilconfigSync, type OptionsSync } from 'lilconfig'
import { type ConfigFile, readConfig } from './config-file.ts'
import { loadModule } from './load-module.ts'
import { mistake } from './place.ts'

const MODULES = ['.ts', '.mts', '.js', '.mjs', '.cjs']
const PLACES = [...MODULES, '.json'].map(extension => `riposte.config${extension}`).concat('package.json')

// By path. What failed is not kept, so that a mended file is read.
const modules = new Map<string, { readonly exported: unknown }>()

/**
 * The configurations in these folders, which lead upward: the nearest first, up to the first that says `root`. In one
 * folder the first of `riposte.config.ts`, `.mts`, `.js`, `.mjs`, `.cjs`, `.json` and `package.json` counts.
 */
export function findConfigs(folders: readonly string[]): readonly ConfigFile[] {
  const stopDir = folders.at(-1)
  const found: ConfigFile[] = []
  if (stopDir === undefined) return found
  const searcher = explorer(stopDir)
  for (let at = 0; at < folders.length; ) {
    const files = folders.slice(at).flatMap(folder => PLACES.map(name => join(folder, name)))
    const result = reading(files, () => searcher.search(folders[at]))
    if (result === null) break
    const config = readConfig(result.filepath, result.config)
    found.push(config)
    if (config.root) break
    at = folders.indexOf(dirname(result.filepath)) + 1
  }
  return found
}

/** The configuration in a file. */
export function loadConfig(file: string): ConfigFile {
  if (extname(file) !== '.json' && !MODULES.includes(extname(file))) {
    throw mistake(
      { file, path: '' },
      `expected a configuration with one of the endings ${MODULES.join(', ')} and .json`,
    )
  }
  const { config } = reading([file], () => explorer(dirname(file)).load(file)) ?? {}
  // `null` is a package.json without our key.
  return readConfig(file, config ?? undefined)
}

function explorer(stopDir: string): ReturnType<typeof lilconfigSync> {
  const options: OptionsSync = {
    stopDir,
    searchPlaces: PLACES,
    // An empty file is no way to say that there is none.
    ignoreEmptySearchPlaces: false,
    cache: false,
    loaders: {
      '.json': (file, content) => loading(file, () => parseJson(content)),
      ...Object.fromEntries(MODULES.map(extension => [extension, (file: string) => moduleAt(file)])),
    },
  }
  return lilconfigSync('riposte', options)
}

/** Adds the file that is a directory, which the system does not name. */
function reading<T>(files: readonly string[], read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EISDIR')) throw error
    const file = files.find(path => statSync(path, { throwIfNoEntry: false })?.isDirectory())
    if (file === undefined) throw error
    throw mistake({ file, path: '' }, 'it cannot be read: it is a directory', error)
  }
}

function moduleAt(file: string): unknown {
  const known = modules.get(file)
  if (known !== undefined) return known.exported
  const exported = loading(file, () => loadModule(file))
  modules.set(file, { exported })
  return exported
}

function loading<T>(file: string, load: () => T): T {
  try {
    return load()
  } catch (error) {
    const reason = (error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' ')
    const hint = /\bawait is only valid\b/.test(reason) ? ' (a configuration is loaded at once: it cannot await)' : ''
    throw mistake({ file, path: '' }, `it cannot be loaded: ${reason}${lineIn(file, error)}${hint}`, error)
  }
}

/** Where in the file a module threw, if it did. */
function lineIn(file: string, error: unknown): string {
  const { message = '', stack = '' } = error instanceof Error ? error : {}
  const [, after] = message.includes(file) ? [] : stack.split(`${file}:`)
  const line = after?.match(/^\d+/)?.[0]
  return line === undefined ? '' : ` (line ${line})`
}

function parseJson(content: string): unknown {
  const text = content.replace(/^\uFEFF/, '')
  try {
    return JSON.parse(text)
  } catch (error) {
    // Later Nodes say the line themselves.
    const [, position] = error instanceof SyntaxError ? (/ at position (\d+)$/.exec(error.message) ?? []) : []
    if (position === undefined) throw error
    const before = text.slice(0, Number(position)).split('\n')
    const line = `line ${before.length} column ${before.at(-1)!.length + 1}`
    throw new SyntaxError(`${(error as SyntaxError).message} (${line})`, { cause: error })
  }
}
