import { execFile } from 'node:child_process'
import { mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { build } from 'vite'
import { afterAll } from 'vitest'

const packageFolder = join(import.meta.dirname, '..')
const execute = promisify(execFile)

// Inside of a test it is too late to say what comes after all.
const made: string[] = []
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true })
})

/** A folder that goes when the tests of the file are over, where programs find better-sqlite3 as after an installation. */
export function emptyFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'riposte-')))
  symlinkSync(join(packageFolder, 'node_modules'), join(folder, 'node_modules'))
  made.push(folder)
  return folder
}

/** The same, as a project. */
export function emptyProject(): string {
  const folder = emptyFolder()
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  return folder
}

/** Makes one module of a program and the sources it uses, as Node runs no TypeScript; gives its path. */
export async function bundle(program: string, folder: string): Promise<string> {
  await build({
    configFile: false,
    logLevel: 'silent',
    root: packageFolder,
    resolve: { alias: { riposte: join(packageFolder, 'src', 'index.ts') } },
    ssr: { noExternal: true, resolve: { conditions: ['@riposte/source', 'node'] } },
    build: {
      ssr: program,
      outDir: folder,
      emptyOutDir: false,
      target: 'node20',
      rollupOptions: { output: { entryFileNames: '[name].mjs' } },
    },
  })
  return join(folder, `${/(\w+)\.ts$/.exec(program)?.[1]}.mjs`)
}

/** Runs a program to its end, which must come by itself. */
export function runIn(
  cwd: string,
  program: string,
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly stdout: string; readonly stderr: string }> {
  return execute(process.execPath, [program], { cwd, timeout: 20_000, env: { ...process.env, ...env } })
}
