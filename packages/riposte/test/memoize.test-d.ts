import { expectTypeOf, test } from 'vitest'
import { type Cache, defaultCache, memoize, memoizer } from '../src/index.ts'

test('memoize and memoizer are typed as those of @riposte/memo', async () => {
  const f = memoize(async (a: string, ...xs: number[]) => [a, xs] as const, { name: 'f', params: ['a', '...xs'] })
  expectTypeOf(await f('a', 1)).toEqualTypeOf<readonly [string, number[]]>()
  f.query({ xs: [1] })
  // @ts-expect-error a rest parameter's name needs its dots
  memoize(async (a: string, ...xs: number[]) => [a, xs], { name: 'f', params: ['a', 'xs'] })('a')
  const id = memoizer({ namespace: 'n' })(async <T>(x: T): Promise<T> => x, { name: 'id' })
  expectTypeOf(await id(3 as const)).toEqualTypeOf<3>()
  expectTypeOf(defaultCache()).toEqualTypeOf<Cache>()
})
