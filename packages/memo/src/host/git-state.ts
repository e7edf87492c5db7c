import type { ChildProcess } from 'node:child_process'
import type { CollectedMetadata } from '../types/template.ts'

/** Loaded when it is first wanted, which is hardly ever: it takes 2 ms. */
const childProcess = () => process.getBuiltinModule('node:child_process')

/** The state of a repository; none outside of one, without git, and where git fails or takes too long. */
export interface GitState {
  readonly state: CollectedMetadata['git'] | undefined
}

/** Milliseconds that git has for all that it is asked. */
const BUDGET = 2000
/** Later than that, in milliseconds, a timer was held up by what ran on this thread. */
const PUNCTUAL = 10
/** Milliseconds for reading what came meanwhile. */
const READING = 100
/** Bytes of an answer: a status has a line for each file that differs. */
const MAX_BUFFER = 16 * 2 ** 20

const NONE: GitState = { state: undefined }
/** The top of the work tree; then branch, commit, and a line for each file that differs. */
const COMMANDS = [
  ['rev-parse', '--show-toplevel'],
  ['status', '--porcelain=v2', '--branch'],
] as const

/** Asks git about the repository that a folder is in. Never fails, and takes two seconds at most, whatever git does. */
export function gitState(folder: string, { atOnce }: { readonly atOnce: boolean }): GitState | Promise<GitState> {
  return atOnce ? askNow(folder) : askLater(folder)
}

function askNow(folder: string): GitState {
  const end = performance.now() + BUDGET
  const answers: string[] = []
  for (const args of COMMANDS) {
    const left = Math.floor(end - performance.now())
    const answer = left > 0 ? answerNow(folder, args, left) : undefined
    if (answer === undefined) return NONE
    answers.push(answer)
  }
  return readState(answers)
}

function answerNow(folder: string, args: readonly string[], timeout: number): string | undefined {
  const { error, status, stdout } = childProcess().spawnSync('git', [...args], {
    ...optionsIn(folder),
    timeout,
    // On a file system that hangs git may hear nothing else.
    killSignal: 'SIGKILL',
  })
  return error === undefined && status === 0 ? stdout : undefined
}

function askLater(folder: string): Promise<GitState> {
  return new Promise(resolve => {
    const answers = new Map<number, string>()
    const children: ChildProcess[] = []
    const end = performance.now() + BUDGET
    let timer = setTimeout(expire, BUDGET)

    for (const [at, args] of COMMANDS.entries()) {
      try {
        const child = childProcess().execFile('git', [...args], optionsIn(folder), (error, stdout) => {
          if (error === null) answered(at, stdout)
          else settle(NONE)
        })
        children.push(child)
      } catch {
        // The system starts no more processes.
        settle(NONE)
        return
      }
    }

    function answered(at: number, answer: string): void {
      answers.set(at, answer)
      if (answers.size === COMMANDS.length) settle(readState(COMMANDS.map((_, i) => answers.get(i))))
    }
    function expire(): void {
      // A body that holds the thread holds up the timer too, which then comes before what git said in time.
      if (performance.now() > end + PUNCTUAL) timer = setTimeout(settle, READING, NONE)
      else settle(NONE)
    }
    function settle(state: GitState): void {
      clearTimeout(timer)
      children.forEach(giveUp)
      resolve(state)
    }
  })
}

/** Ends a process, without waiting for its end: one in a system call may not come to it. */
function giveUp(child: ChildProcess): void {
  child.kill('SIGKILL')
  child.unref()
  // What it has started may hold their other ends.
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream?.destroy()
}

function optionsIn(folder: string) {
  return {
    cwd: folder,
    // What only looks must not get in the way of what writes.
    env: { ...process.env, GIT_OPTIONAL_LOCKS: '0' },
    encoding: 'utf8',
    maxBuffer: MAX_BUFFER,
    windowsHide: true,
  } as const
}

function readState([top = '', status = '']: readonly (string | undefined)[]): GitState {
  const root = top.replace(/\r?\n$/, '')
  const lines = status.split('\n').filter(line => line !== '')
  const header = (name: string): string | undefined => {
    const prefix = `# branch.${name} `
    return lines.find(line => line.startsWith(prefix))?.slice(prefix.length)
  }
  const oid = header('oid')
  const head = header('head')
  // Git always says them: what does not is not git, or was cut short.
  if (root === '' || oid === undefined || head === undefined) return NONE
  return {
    state: {
      root,
      // In parentheses git says why there is none.
      ...(oid === '(initial)' ? {} : { commit: oid }),
      ...(head === '(detached)' ? {} : { branch: head }),
      dirty: lines.some(line => !line.startsWith('#')),
    },
  }
}
