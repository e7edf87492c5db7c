/** A value that is there now, or a promise of it. Only ports use this; what a user calls returns a promise. */
export type MaybePromise<T> = T | Promise<T>

/** Steps of an algorithm that may have to wait: `yield* wait(x)` gives what `x` holds or promises. */
export type Steps<T> = Generator<Promise<unknown>, T, unknown>

export function isPromise<T>(value: MaybePromise<T>): value is Promise<T> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
}

/** Inside steps: what `value` holds now, or will hold. The only suspension is that of a promise. */
export function* wait<T>(value: MaybePromise<T>): Steps<T> {
  // The runner sends back what the promise fulfilled with, so it is a T.
  return isPromise(value) ? ((yield value) as T) : value
}

/**
 * Runs steps: to their end at once if nothing has to be waited for, else as a promise.
 * So one algorithm serves stores that answer now and stores that answer later.
 */
export function run<T>(steps: Steps<T>): MaybePromise<T> {
  const first = steps.next()
  return first.done ? first.value : resume(steps, first.value)
}

async function resume<T>(steps: Steps<T>, first: Promise<unknown>): Promise<T> {
  let pending = first
  for (;;) {
    let next: IteratorResult<Promise<unknown>, T>
    try {
      next = steps.next(await pending)
    } catch (error) {
      next = steps.throw(error)
    }
    if (next.done) return next.value
    pending = next.value
  }
}

/** `next(value)`, now or when `value` is there. For a single step on a hot path. */
export function chain<T, U>(value: MaybePromise<T>, next: (value: T) => MaybePromise<U>): MaybePromise<U> {
  return isPromise(value) ? value.then(next) : next(value)
}
