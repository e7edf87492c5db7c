import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of the repository. */
export const repository: string = dirname(dirname(fileURLToPath(import.meta.url)))

/** What a command said and how it ended. */
export interface Outcome {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

export interface CommandOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly timeout?: number
}

/** Runs a command to its end, whatever that is. */
export function attempt(command: string, args: readonly string[], options: CommandOptions = {}): Outcome {
  const done = spawnSync(command, args, {
    cwd: options.cwd ?? repository,
    env: { ...ownEnvironment(), NO_COLOR: '1', ...options.env },
    encoding: 'utf8',
    timeout: options.timeout ?? 170_000,
    maxBuffer: 1 << 28,
    shell: process.platform === 'win32',
  })
  if (done.error) throw done.error
  return { status: done.status ?? 1, stdout: done.stdout, stderr: done.stderr }
}

/** Runs a command that has to succeed and returns what it printed. */
export function command(name: string, args: readonly string[], options: CommandOptions = {}): string {
  const { status, stdout, stderr } = attempt(name, args, options)
  if (status === 0) return stdout
  throw new Error(`${name} ${args.join(' ')} ended with ${status}\n${stdout}\n${stderr}`)
}

/** The path of a program that the workspace installed. */
export const installed = (name: string): string => join(repository, 'node_modules', '.bin', name)

/** The environment without what the test runner and a terminal put there. */
function ownEnvironment(): Readonly<Record<string, string | undefined>> {
  const foreign = /^(VITEST|FORCE_COLOR|NODE_OPTIONS|NODE_ENV|TEST$|MODE$|DEV$|PROD$|SSR$|BASE_URL$)/
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)))
}
