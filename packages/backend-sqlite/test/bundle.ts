import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

const here = dirname(fileURLToPath(import.meta.url))

/** Where a program outside this package finds what this package depends on. */
export const nodePath: string = join(here, '..', 'node_modules')

/** Makes one module of a program and the sources it uses, which Node can run. */
export async function bundle(entry: URL, folder: string): Promise<string> {
  await build({
    configFile: false,
    logLevel: 'silent',
    root: join(here, '..'),
    resolve: {
      conditions: ['@riposte/source', 'node'],
      // For programs outside this package.
      alias: {
        '@riposte/backend-sqlite': join(here, '..', 'src', 'index.ts'),
        '@riposte/core': join(here, '..', '..', 'core', 'src', 'index.ts'),
      },
    },
    ssr: { noExternal: [/^@riposte/], resolve: { conditions: ['@riposte/source', 'node'] } },
    build: {
      ssr: fileURLToPath(entry),
      outDir: folder,
      emptyOutDir: false,
      target: 'node20',
      rollupOptions: { output: { entryFileNames: '[name].mjs' } },
    },
  })
  return join(folder, entry.pathname.replace(/^.*\/(\w+)\.ts$/, '$1.mjs'))
}
