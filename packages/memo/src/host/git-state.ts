import type { CollectedMetadata } from '../types/template.ts'

/** Loaded when it is first wanted, which is hardly ever: it takes 2 ms. */
const childProcess = () => process.getBuiltinModule('node:child_process')

/** The state of a repository; none outside of one, without git, and where git takes too long. */
export interface GitState {
  readonly state: CollectedMetadata['git'] | undefined
}

const TIMEOUT = 2000
const NONE: GitState = { state: undefined }
/** The top of the work tree; then branch, commit, and a line for each file that differs. */
const COMMANDS = [
  ['rev-parse', '--show-toplevel'],
  ['status', '--porcelain=v2', '--branch'],
] as const

/** Asks git about the repository that a folder is in. Never fails. */
export function gitState(folder: string, { atOnce }: { readonly atOnce: boolean }): GitState | Promise<GitState> {
  if (!atOnce) return Promise.all(COMMANDS.map(args => gitLater(folder, args))).then(readState)
  const end = Date.now() + TIMEOUT
  return readState(COMMANDS.map(args => gitNow(folder, args, Math.max(end - Date.now(), 1))))
}

function gitLater(cwd: string, args: readonly string[]): Promise<string | undefined> {
  return new Promise(resolve => {
    try {
      // `GIT_OPTIONAL_LOCKS`: what only looks must not get in the way of what writes.
      const env = { ...process.env, GIT_OPTIONAL_LOCKS: '0' }
      childProcess().execFile('git', [...args], { cwd, env, timeout: TIMEOUT, windowsHide: true }, (error, stdout) =>
        resolve(error === null ? stdout : undefined),
      )
    } catch {
      // The system starts no more processes.
      resolve(undefined)
    }
  })
}

function gitNow(cwd: string, args: readonly string[], timeout: number): string | undefined {
  const env = { ...process.env, GIT_OPTIONAL_LOCKS: '0' }
  const { status, stdout } = childProcess().spawnSync('git', [...args], {
    cwd,
    env,
    timeout,
    windowsHide: true,
    encoding: 'utf8',
  })
  return status === 0 ? stdout : undefined
}

function readState([root, status]: readonly (string | undefined)[]): GitState {
  if (root === undefined || status === undefined) return NONE
  const lines = status.split('\n').filter(line => line !== '')
  const header = (name: string): string | undefined => {
    const value = lines.find(line => line.startsWith(`# branch.${name} `))?.slice(`# branch.${name} `.length)
    // So git writes that there is none.
    return value === undefined || /^\((initial|detached)\)$/.test(value) ? undefined : value
  }
  const commit = header('oid')
  const branch = header('head')
  return {
    state: {
      root: root.trimEnd(),
      ...(commit === undefined ? {} : { commit }),
      ...(branch === undefined ? {} : { branch }),
      dirty: lines.some(line => !line.startsWith('#')),
    },
  }
}
