/** References in a store that another one was copied over, as tools that know nothing of stores do it. */
import { cpSync, linkSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { createCache, digest, type NamedRef } from '@riposte/core'
import { describe, expect, test } from 'vitest'
import { fsStore } from '../src/index.ts'
import { directory } from './directory.ts'
import { keyFrom } from './samples.ts'

const [OLD, NEW, NEXT] = [keyFrom('01'), keyFrom('02'), keyFrom('03')]

describe.each([{}, { sync: true }])('fsStore(root, %o)', options => {
  /** A reference that holds one value here, and another there, from where the store was copied here. */
  async function copied() {
    const [here, there] = [await directory(), await directory()]
    await fsStore(here, options).refs!.swap('name', undefined, OLD)
    await fsStore(there, options).refs!.swap('name', undefined, NEW)
    cpSync(there, here, { recursive: true })
    return fsStore(here, options).refs!
  }

  async function listed(refs: Awaited<ReturnType<typeof copied>>): Promise<readonly NamedRef[]> {
    const all: NamedRef[] = []
    for await (const ref of refs.list()) all.push(ref)
    return all
  }

  test('a reference holds what came last', async () => {
    const refs = await copied()
    expect(await refs.read('name')).toBe(NEW)
    expect(await listed(refs)).toEqual([{ name: 'name', value: NEW }])
  })

  test('it is swapped and removed as a whole', async () => {
    const refs = await copied()
    expect(await refs.swap('name', OLD, NEXT)).toBe(false)
    expect(await refs.swap('name', NEW, NEXT)).toBe(true)
    expect(await refs.read('name')).toBe(NEXT)
    const others = await copied()
    expect(await others.swap('name', NEW, undefined)).toBe(true)
    expect(await others.read('name')).toBeUndefined()
    expect(await listed(others)).toEqual([])
  })

  test('a sweep keeps what is pinned', async () => {
    const [here, there] = [await directory(), await directory()]
    for (const [root, value] of [
      [here, 'old'],
      [there, 'new'],
    ] as const) {
      await using cache = createCache(fsStore(root, options))
      await cache.values.save(value, { pin: 'name' })
    }
    cpSync(there, here, { recursive: true })
    await using cache = createCache(fsStore(here, options))
    expect(await cache.gc({ grace: 0 })).toMatchObject({ removed: 1 })
    expect(await cache.values.contains(digest('new'))).toBe(true)
  })

  test('a file that came back as a link to what it was renamed to is none that is being renamed', async () => {
    const root = await directory()
    const refs = fsStore(root, options).refs!
    await refs.swap('name', undefined, OLD)
    const names = (): string[] => readdirSync(root, { recursive: true, encoding: 'utf8' })
    const before = names().filter(name => name.endsWith(OLD))
    await refs.swap('name', OLD, NEW)
    const after = names().filter(name => name.endsWith(NEW))
    expect([before.length, after.length]).toEqual([1, 1])
    linkSync(join(root, after[0]!), join(root, before[0]!))
    const value = await refs.read('name')
    expect([OLD, NEW]).toContain(value)
    expect(await listed(refs)).toEqual([{ name: 'name', value }])
    expect(await refs.swap('name', value, NEXT)).toBe(true)
    expect(await listed(refs)).toEqual([{ name: 'name', value: NEXT }])
  })
})
