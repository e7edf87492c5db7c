// What handles of large values lead to, as the compiler sees it.
import { expectTypeOf, test } from 'vitest'
import type { Cache, CallRecord, Digest, Lazy, Ref } from '../../src/index.ts'

interface User {
  readonly name: string
  readonly mails: readonly { readonly body: string }[]
  readonly note?: string
}
class Point {
  x = 1
  norm(): number {
    return this.x
  }
}
interface Project {
  readonly users: Map<string, User>
  readonly pair: readonly [Point, Date]
  readonly bytes: Float64Array
  readonly ids: BigInt64Array
  readonly file: ArrayBuffer
  readonly set: ReadonlySet<User>
  readonly byName: { readonly [name: string]: User }
  readonly either: { readonly a: 1 } | null
  readonly kind: string | undefined
}

declare const cache: Cache
declare const project: Lazy<Project>

test('a handle has the type of its digest', async () => {
  expectTypeOf(cache.values.lazy({} as Digest<Project>)).resolves.toEqualTypeOf<Lazy<Project>>()
  expectTypeOf(cache.values.lazy({} as Ref<Project>, { keepBytes: 0 })).resolves.toEqualTypeOf<Lazy<Project>>()
  expectTypeOf(cache.values.lazy('3f6c')).resolves.toEqualTypeOf<Lazy<unknown>>()
  expectTypeOf(project.load()).resolves.toEqualTypeOf<Project>()
  expectTypeOf(project.ref).toEqualTypeOf<Ref<Project> | undefined>()
})

test('of a record too', () => {
  expectTypeOf({} as CallRecord<[number], Project>)
    .toHaveProperty('lazyResult')
    .returns.resolves.toEqualTypeOf<Lazy<Project>>()
})

test('paths lead to what may be there', async () => {
  expectTypeOf(await project.at('users')).toEqualTypeOf<Lazy<Map<string, User>>>()
  expectTypeOf(await project.at('users', 'ada')).toEqualTypeOf<Lazy<User> | undefined>()
  expectTypeOf(await project.at('users', 'ada', 'mails')).toEqualTypeOf<Lazy<User['mails']> | undefined>()
  expectTypeOf(await project.at('users', 'ada', 'mails', -1)).toEqualTypeOf<
    Lazy<{ readonly body: string }> | undefined
  >()
  expectTypeOf(await project.at('users', 'ada', 'mails', 0, 'body')).toEqualTypeOf<Lazy<unknown> | undefined>()
  expectTypeOf(await project.at('users', 'ada', 'note')).toEqualTypeOf<Lazy<string> | undefined>()
  expectTypeOf(await project.at('users', {} as Ref<string>)).toEqualTypeOf<Lazy<User> | undefined>()
  expectTypeOf(await project.at('byName', 'x')).toEqualTypeOf<Lazy<User> | undefined>()
  expectTypeOf(await project.at('pair', 0)).toEqualTypeOf<Lazy<Point>>()
  expectTypeOf(await project.at('either', 'a')).toEqualTypeOf<Lazy<1> | undefined>()
  expectTypeOf(await project.at('kind')).toEqualTypeOf<Lazy<string | undefined>>()
  expectTypeOf(await project.at('bytes', 3)).toEqualTypeOf<Lazy<number> | undefined>()
  expectTypeOf(await project.at('ids', 3)).toEqualTypeOf<Lazy<bigint> | undefined>()
  // @ts-expect-error no such property
  await project.at('user')
  // @ts-expect-error keys of this Map are texts
  await project.at('users', 3)
  // @ts-expect-error a Set has no keys
  await project.at('set', 0)
  // @ts-expect-error a method is no part
  await project.at('pair', 0, 'norm')
  // @ts-expect-error a Date is loaded as a whole
  await project.at('pair', 1, 'getTime')
})

test('where nothing is known, all paths are allowed', async () => {
  const unknown = {} as Lazy<unknown>
  const path: readonly unknown[] = ['a', { b: 1 }, 3]
  expectTypeOf(await unknown.at('a')).toEqualTypeOf<Lazy<unknown> | undefined>()
  expectTypeOf(await unknown.at(...path)).toEqualTypeOf<Lazy<unknown> | undefined>()
  for await (const item of unknown) expectTypeOf(item).toBeUnknown()
})

test('keys, slices and iteration are those of the value', async () => {
  expectTypeOf(await project.keys()).toEqualTypeOf<readonly (keyof Project)[]>()
  expectTypeOf(await (await project.at('users')).keys()).toEqualTypeOf<readonly string[]>()
  expectTypeOf(await (await project.at('bytes')).slice(0, 2)).toEqualTypeOf<Float64Array>()
  expectTypeOf(await (await project.at('file')).slice(0, 2)).toEqualTypeOf<ArrayBuffer>()
  for await (const entry of await project.at('users')) {
    expectTypeOf(entry).toEqualTypeOf<readonly [string, Lazy<User>]>()
  }
  for await (const member of await project.at('set')) expectTypeOf(member).toEqualTypeOf<Lazy<User>>()
  for await (const mail of {} as Lazy<User['mails']>) {
    expectTypeOf(mail).toEqualTypeOf<Lazy<{ readonly body: string }>>()
  }
  for await (const [key, part] of project) {
    expectTypeOf(key).toEqualTypeOf<keyof Project>()
    if (key === 'kind') expectTypeOf(part).toExtend<Lazy<unknown> | object>()
  }
})

test('the handle of a T is one of what every T is', () => {
  expectTypeOf<Lazy<{ x: number }[]>>().toExtend<Lazy<readonly { readonly x: number }[]>>()
  expectTypeOf<Lazy<Map<string, number[]>>>().toExtend<Lazy<ReadonlyMap<string, readonly number[]>>>()
  expectTypeOf<Lazy<string>>().toExtend<Lazy<unknown>>()
  expectTypeOf<Lazy<unknown>>().not.toExtend<Lazy<string>>()
})
