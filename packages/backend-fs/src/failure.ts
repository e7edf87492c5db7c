/** What the file system's own errors mean to a store. */
import { RiposteError } from '@riposte/core'

/** The system's code of an error, such as `ENOENT`; `undefined` for errors that are not the system's. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

/** The answer that stands for `error` in a table by code. Rethrows what is not in the table. */
export function answerFor<A>(error: unknown, answers: Readonly<Record<string, A>>): A {
  const code = systemCode(error)
  if (code === undefined || !Object.hasOwn(answers, code)) throw error
  // hasOwn found it, so it is an A.
  return answers[code] as A
}

const READ_ONLY: ReadonlySet<string> = new Set(['EROFS', 'EACCES', 'EPERM'])

/** Whether a write failed because this process may not write there. */
export function saysReadOnly(error: unknown): boolean {
  const code = systemCode(error)
  return code !== undefined && READ_ONLY.has(code)
}

export interface Attempt {
  readonly operation: string
  readonly writes: boolean
  readonly location: string
}

/** The store's error for an error of the system, with it as cause; any other error as it is. */
export function storeError(error: unknown, { operation, writes, location }: Attempt): unknown {
  const code = systemCode(error)
  if (code === undefined) return error
  if (writes && saysReadOnly(error)) {
    return new RiposteError(
      'ERR_REJECTED',
      `${operation} failed, the store in ${location} is read-only for this process (${code})`,
      { operation },
      { cause: error },
    )
  }
  const message = `${operation} failed in ${location}: ${(error as Error).message}` // systemCode saw an Error
  return new RiposteError('ERR_BACKEND', message, { operation, location }, { cause: error })
}
