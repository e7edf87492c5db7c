/** Loads a configuration that is a module: TypeScript or JavaScript, ES module or CommonJS. */
import { createRequire } from 'node:module'
import * as fsBackend from '@riposte/backend-fs'
import * as sqliteBackend from '@riposte/backend-sqlite'
import * as core from '@riposte/core'
import * as memo from '@riposte/memo'
import { defineConfig } from './define-config.ts'

/**
 * What the module exports by default. Loaded at once, since caches are opened at once: so it cannot `await` at its top.
 * What it imports of ours is what runs here already, not a second copy.
 */
export function loadModule(file: string): unknown {
  const load = jitiFor(file).createJiti(file, {
    // Elsewhere its place is a temporary folder, where others of this host could lay code for us.
    fsCache: false,
    interopDefault: false,
    virtualModules: {
      riposte: {
        ...core,
        ...memo,
        ...fsBackend,
        ...sqliteBackend,
        defineConfig,
        openCache: refuse,
        defaultCache: refuse,
      },
      '@riposte/core': core,
      '@riposte/memo': memo,
      '@riposte/backend-fs': fsBackend,
      '@riposte/backend-sqlite': sqliteBackend,
    },
  })
  const exported: unknown = load(file)
  return isModule(exported) ? exported.default : exported
}

/**
 * Loaded here, as it takes 10 ms, and its compiler 100: from this module, or, in a bundle, from the project of the
 * configuration.
 */
function jitiFor(file: string): typeof import('jiti') {
  // A bundle of CommonJS has none.
  const own: string | undefined = import.meta.url
  let missing: unknown
  for (const place of own === undefined ? [file] : [own, file]) {
    const require = createRequire(place)
    try {
      // The type is that of the package.
      return require(require.resolve('jiti')) as typeof import('jiti')
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND')) throw error
      missing = error
    }
  }
  throw new Error('jiti, which loads modules, is not in this bundle: install it in this project, or write JSON', {
    cause: missing,
  })
}

function refuse(): never {
  throw new TypeError('a configuration cannot open caches, as it is what says which there are')
}

/** An ES module, which a CommonJS module that exports the name of a default cache is not. */
function isModule(exported: unknown): exported is { readonly default?: unknown } {
  return typeof exported === 'object' && exported !== null && '__esModule' in exported
}
