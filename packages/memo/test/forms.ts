import type { Cache } from '@riposte/core'
import { type MemoDefaults, memoizeMethod, memoizer } from '../src/index.ts'

/** What every form of a memoized function has, seen alike: a call that throws at once rejects. */
export interface Form {
  (...args: readonly unknown[]): Promise<unknown>
  readonly contains: (...args: readonly unknown[]) => Promise<boolean>
  readonly load: (...args: readonly unknown[]) => Promise<unknown>
  readonly peek: (...args: readonly unknown[]) => { readonly value: unknown } | undefined
  readonly rerun: (...args: readonly unknown[]) => Promise<unknown>
  readonly evict: (...args: readonly unknown[]) => Promise<boolean>
  readonly seed: (args: readonly unknown[], result: unknown) => Promise<void>
  readonly ref: (...args: readonly unknown[]) => Promise<{ readonly digest: string }>
  readonly record: (...args: readonly unknown[]) => Promise<{ readonly metadata: object } | undefined>
}

export type MakeForm = (body: (...args: readonly unknown[]) => unknown, options: object) => Form

/** `memoize`, `memoizeSync` and `memoizeMethod`, of bodies that return now. */
export function formsOn(cache: Cache, defaults: MemoDefaults = {}): readonly (readonly [string, MakeForm])[] {
  const memo = memoizer({ cache, ...defaults })
  // The forms are tested alike, whatever their types are.
  const make = (f: unknown): Form => {
    const fn = f as Form
    return Object.assign(async (...args: readonly unknown[]) => fn(...args), fn)
  }
  return [
    ['memoize', (body, options) => make(memo(body, options as { name: string }))],
    ['memoizeSync', (body, options) => make(memo.sync(body, options as { name: string }))],
    [
      'memoizeMethod',
      (body, options) =>
        make(
          memoizeMethod(
            function (this: { readonly id: number }, ...args: readonly unknown[]) {
              return body(...args)
            },
            { cache, ...defaults, ...(options as { name: string }), context: self => self.id },
          ).on({ id: 1 }),
        ),
    ],
  ]
}
