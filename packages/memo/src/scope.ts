/**
 * Values that hold for what is called from somewhere, however late. Where every promise pays for a storage once it is
 * used, there is none before its first use.
 */
import { createStorage, storagesAreCheap } from '#host'
import type { ScopeStorage } from './host/types.ts'
import { shown } from './shown.ts'

/** A value for a body and all that it starts. */
export interface Scope<T> {
  run<R>(value: T, body: () => R): R
  get(): T | undefined
}

let entered = storagesAreCheap

/** Whether another scope would cost next to nothing: one was entered before, or they are cheap here. */
export function scopesAreCheap(): boolean {
  return entered
}

/**
 * @param how - what is written where a body is given
 * @throws {TypeError} when `body` is no function
 */
export function checkBody(body: unknown, how: string): void {
  if (typeof body !== 'function') throw new TypeError(`expected a function to run, got ${shown(body)}; write ${how}`)
}

export function createScope<T>(): Scope<T> {
  let storage: ScopeStorage<T> | undefined
  return {
    run: (value, body) => {
      entered = true
      storage ??= createStorage()
      return storage.run(value, body)
    },
    get: () => storage?.getStore(),
  }
}
