import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createCache, digest, type NamedRef } from '@riposte/core'
import { describe, expect, test } from 'vitest'
import { fsStore } from '../src/index.ts'
import { directory } from './directory.ts'
import { keyFrom } from './samples.ts'

/** What a crash of the system may leave of a file that was not brought to the disk, and a disk of any. */
const DAMAGED = ['', '"pin', '5', '""', '"another name"', '\0\0\0\0']

describe.each([{}, { sync: true }])('fsStore(root, %o)', options => {
  test.each(DAMAGED)('what a reference names is kept when its name is damaged: %j', async text => {
    const root = await directory()
    await using cache = createCache(fsStore(root, options))
    const key = await cache.values.save('kept', { pin: 'name' })
    const other = await cache.values.save('kept too', { pin: 'other' })
    await cache.values.save('loose')
    const refs = join(root, 'v2/refs')
    const [folder] = readdirSync(refs).filter(name => readdirSync(join(refs, name)).some(file => file.endsWith(key)))
    const [file] = readdirSync(join(refs, folder!))
    writeFileSync(join(refs, folder!, file!), text)

    const listed: NamedRef[] = []
    for await (const ref of cache.store.refs!.list()) listed.push(ref)
    expect(listed.map(({ value }) => value).sort()).toEqual([key, other].sort())
    expect(listed.find(({ value }) => value === key)?.name).toBe(`damaged/${folder}`)
    expect(await cache.gc({ grace: 0 })).toMatchObject({ removed: 1, kept: 2 })
    expect((await cache.fsck()).sound).toBe(true)
    // Who knows the name has it still.
    expect(await cache.store.refs!.read('pin/name')).toBe(key)
    expect(await cache.unpin('name')).toBe(true)
    expect(await cache.gc({ grace: 0 })).toMatchObject({ removed: 1, kept: 1 })
    expect(await cache.values.contains(digest('kept too'))).toBe(true)
  })

  test.each([
    ['a link', (path: string) => symlinkSync('elsewhere', path)],
    ['a directory', (path: string) => mkdirSync(path)],
  ])('what a reference names is kept when %s stands in its place', async (_, plant) => {
    const root = await directory()
    await using cache = createCache(fsStore(root, options))
    const key = await cache.values.save('kept', { pin: 'name' })
    const [path = ''] = filesBelow(join(root, 'v2/refs'))
    rmSync(path)
    plant(path)
    expect(await cache.gc({ grace: 0 })).toMatchObject({ removed: 0 })
    expect(await cache.values.contains(key)).toBe(true)
  })

  test('a reference is not set, and that is said, where something else stands in its directory', async () => {
    const root = await directory()
    const { refs } = fsStore(root, options)
    const key = keyFrom('01')
    await refs!.swap('name', undefined, key)
    const [path = ''] = filesBelow(join(root, 'v2/refs'))
    writeFileSync(join(dirname(path), '.DS_Store'), '')
    expect(await refs!.swap('name', key, undefined)).toBe(true)
    await expect(async () => refs!.swap('name', undefined, key)).rejects.toMatchObject({
      code: 'ERR_BACKEND',
      message: expect.stringContaining(dirname(path)),
    })
    expect(readdirSync(join(root, 'v2/tmp'))).toEqual([])
    rmSync(join(dirname(path), '.DS_Store'))
    expect(await refs!.swap('name', undefined, key)).toBe(true)
  })
})

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder).flatMap(name => readdirSync(join(folder, name)).map(file => join(folder, name, file)))
}
