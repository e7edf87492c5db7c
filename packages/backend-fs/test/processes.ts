/** Other processes that use a store. */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { build } from 'vite'

/** Bundles a program into a directory, as Node runs no TypeScript; gives its path. */
export async function bundle(outDir: string, program = 'child/main.ts'): Promise<string> {
  await build({
    configFile: false,
    logLevel: 'silent',
    ssr: { noExternal: true, resolve: { conditions: ['@riposte/source', 'node'] } },
    build: {
      ssr: join(import.meta.dirname, program),
      target: 'node20',
      outDir,
      rollupOptions: { output: { entryFileNames: 'main.mjs' } },
    },
  })
  return join(outDir, 'main.mjs')
}

export interface Running {
  readonly child: ChildProcess
  /** What it wrote, when it has ended. */
  readonly output: Promise<string>
}

export function start(command: readonly string[], options: SpawnOptions = {}): Running {
  const [program, ...args] = command
  const child = spawn(program ?? '', args, { ...options, stdio: ['ignore', 'pipe', 'inherit'] })
  // stdio makes a pipe of it, which child_process' types do not follow.
  const output = text(child.stdout as NodeJS.ReadableStream)
  return { child, output }
}

/** What a process answers, which must end well. */
export async function answer(command: readonly string[], options?: SpawnOptions): Promise<unknown> {
  const { child, output } = start(command, options)
  const [[code, signal], written] = await Promise.all([once(child, 'exit'), output])
  if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code ?? signal}: ${written}`)
  return JSON.parse(written)
}
