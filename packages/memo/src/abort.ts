/** Callers that stop waiting. */
import { whenAborted } from './abort-listeners.ts'
import type { Caller } from './caller.ts'
import { aborted } from './compute.ts'
import type { Definition } from './definition.ts'

/**
 * The signal of a call, if it passes one.
 *
 * @throws {TypeError} when something else stands in its place
 * @throws {RiposteError} `ERR_ABORTED` when it was aborted before
 */
export function signalOf(definition: Definition, args: readonly unknown[]): AbortSignal | undefined {
  const { signalAt } = definition.parameters
  return signalAt === undefined ? undefined : signalAtPosition(definition, args, signalAt)
}

function signalAtPosition(definition: Definition, args: readonly unknown[], at: number): AbortSignal | undefined {
  const signal = args[at]
  if (signal === undefined) return undefined
  if (!(signal instanceof AbortSignal)) {
    const name = definition.parameters.names?.[at] ?? `[${at}]`
    throw new TypeError(`expected an AbortSignal or undefined for the parameter ${name}, got ${typeof signal}`)
  }
  if (signal.aborted) throw aborted(definition, signal)
  return signal
}

/** What was promised, unless the caller aborts before: then it rejects at once, and others go on. */
export function untilAborted(definition: Definition, caller: Caller, answered: Promise<unknown>): Promise<unknown> {
  const { signal } = caller
  if (signal === undefined) return answered
  return new Promise((resolve, reject) => {
    const leave = (): void => {
      reject(aborted(definition, signal))
      caller.leave()
    }
    // The body may have done it while it was on the stack.
    if (signal.aborted) leave()
    const arrive = signal.aborted ? undefined : whenAborted(signal, leave)
    answered.finally(arrive).then(resolve, reject)
  })
}
