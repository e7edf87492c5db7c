/** What can be memoized: any function; its parameters are inferred whole. */
export type AnyFunction = (...args: never) => unknown

/** What a function returns, or promises. */
export type Result<F extends AnyFunction> = Awaited<ReturnType<F>>

/**
 * The function itself if it returns a promise, so that its overloads and type parameters survive; else one of the
 * same parameters that promises what it returns.
 */
export type Asynchronous<F extends AnyFunction> = [ReturnType<F>] extends [Promise<unknown>]
  ? F
  : (this: ThisParameterType<F>, ...args: Parameters<F>) => Promise<Result<F>>
