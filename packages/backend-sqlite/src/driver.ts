/** Loads better-sqlite3, which a store on a path needs and one over an open database does not. */
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { RiposteError } from '@riposte/core'
import type { SqliteDatabase } from './database.ts'
import { requireFor } from './require-for.ts'

interface OpenOptions {
  readonly readonly: boolean
  /** Milliseconds to wait for a lock. */
  readonly timeout: number
}

/** Opens a file, or a copy of one. */
export type Driver = new (file: string | Buffer, options: OpenOptions) => SqliteDatabase

/** Node-API that better-sqlite3 13 is built for. A Node without it does not refuse the addon, but crashes. */
const NODE_API_OF_13 = 10

/**
 * Loads better-sqlite3 as `require` finds it. At once and not by `import()`, since the store answers now.
 *
 * @throws {RiposteError} `ERR_BACKEND` when it is not installed, does not load, or would crash this Node
 */
export function loadDriver(
  require: NodeJS.Require = requireFor('better-sqlite3'),
  nodeApi: number = Number(process.versions['napi']),
): Driver {
  try {
    const main = require.resolve('better-sqlite3')
    const version = versionOf(main)
    if (Number.parseInt(version, 10) >= 13 && nodeApi < NODE_API_OF_13) {
      throw unavailable(
        `better-sqlite3 ${version} needs Node 22.14 or later, and this is Node ${process.versions.node}: add better-sqlite3@12 to your ` +
          "project's dependencies (pnpm: also an override, better-sqlite3: ^12.11.0), or use fsStore",
      )
    }
    // The constructor of better-sqlite3 takes these options and makes what its types call a Database.
    return require(main) as Driver
  } catch (error) {
    if (error instanceof RiposteError) throw error
    throw unavailable(
      `better-sqlite3 cannot be loaded (${reasonOf(error)}): install it, or give sqliteStore an open database. A bundle ` +
        'cannot hold it, and looks for it from its own folder and from the working directory',
      error,
    )
  }
}

/**
 * Opens a database. The first one loads the addon.
 *
 * @throws {RiposteError} `ERR_BACKEND` when there is no addon, or it is for another Node; what the driver throws
 */
export function openDatabase(Driver: Driver, file: string | Buffer, options: OpenOptions): SqliteDatabase {
  try {
    return new Driver(file, options)
  } catch (error) {
    const fault = faultOfAddon(error)
    if (fault === undefined) throw error
    throw unavailable(
      `better-sqlite3 is installed but ${fault}: run \`npm rebuild better-sqlite3\` (pnpm: \`pnpm approve-builds\`, then ` +
        '`pnpm rebuild better-sqlite3`), or use fsStore',
      error,
    )
  }
}

function faultOfAddon(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  const code = 'code' in error ? error.code : undefined
  // The package `bindings` says so, with all the places where it looked; version 13 requires the one.
  if (/^Could not locate the bindings file/.test(error.message)) return 'was not compiled'
  if (code === 'MODULE_NOT_FOUND' && /\.node\b/.test(error.message)) return 'was not compiled'
  if (code === 'ERR_DLOPEN_FAILED') return `its compiled part does not load (${reasonOf(error)})`
  return undefined
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message.split('\n', 1)[0]! : String(error)
}

/** The version in the package.json that governs a file; the package may not export it. */
function versionOf(file: string): string {
  for (let folder = dirname(file); folder !== dirname(folder); folder = dirname(folder)) {
    const manifest = readManifest(join(folder, 'package.json'))
    if (manifest?.name === 'better-sqlite3') return String(manifest.version)
  }
  throw new Error(`no package.json above ${file}`)
}

function readManifest(file: string): { readonly name?: unknown; readonly version?: unknown } | undefined {
  try {
    // Any JSON has these properties, or lacks them.
    return JSON.parse(readFileSync(file, 'utf8')) as { name?: unknown; version?: unknown }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

function unavailable(message: string, cause?: unknown): RiposteError {
  return new RiposteError('ERR_BACKEND', message, { operation: 'open' }, { cause })
}
