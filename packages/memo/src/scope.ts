/**
 * Values that hold for what is called from somewhere, however late. Before version 24 Node makes every promise pay for
 * that once it is used, so a storage is made at its first use.
 */
import { AsyncLocalStorage } from 'node:async_hooks'

/** A value for a body and all that it starts. */
export interface Scope<T> {
  run<R>(value: T, body: () => R): R
  get(): T | undefined
}

let entered = Number.parseInt(process.versions.node, 10) >= 24

/** Whether another scope would cost next to nothing: one was entered before, or they are cheap here. */
export function scopesAreCheap(): boolean {
  return entered
}

export function createScope<T>(): Scope<T> {
  let storage: AsyncLocalStorage<T> | undefined
  return {
    run: (value, body) => {
      entered = true
      storage ??= new AsyncLocalStorage()
      return storage.run(value, body)
    },
    get: () => storage?.getStore(),
  }
}
