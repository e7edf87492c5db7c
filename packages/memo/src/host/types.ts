/** Keeps a value for what a body calls, as `AsyncLocalStorage` does. */
export interface ScopeStorage<T> {
  run<R>(value: T, body: () => R): R
  getStore(): T | undefined
}
