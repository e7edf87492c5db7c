import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { sqliteStore } from '../src/index.ts'
import { makeFolders } from '../src/make-folders.ts'
import { bundle, nodePath } from './bundle.ts'
import { keyOf, thrownBy } from './samples.ts'
import { temporaryFolder } from './temporary.ts'

const folder = temporaryFolder()

describe('a store is opened with the folders above its file', () => {
  test.each(['one/store.db', 'a/b/c/store.db', 'link/d/store.db'])('%s', path => {
    mkdirSync(join(folder, 'elsewhere'), { recursive: true })
    if (path.startsWith('link')) symlinkSync(join(folder, 'elsewhere'), join(folder, 'link'), 'junction')
    const store = sqliteStore(join(folder, path))
    store.values.put([{ key: keyOf(1), bytes: new Uint8Array(3) }], 'keep')
    store.close()
    expect(statSync(join(folder, path)).isFile()).toBe(true)
  })
})

test.each(['file/store.db', 'file/deep/store.db'])('below a file it is an error that names the opening: %s', path => {
  const file = join(folder, 'file')
  writeFileSync(file, 'text')
  const place = join(folder, path)
  const holder = { host: 'here', pid: 1, started: '', thread: '' }
  const error = thrownBy(() => sqliteStore(place).leases.take('key', { ttlMs: 1000, holder }))
  expect(error).toMatchObject({
    code: 'ERR_BACKEND',
    details: { operation: 'open', location: place },
    cause: { code: 'ENOTDIR' },
    message: expect.stringMatching(/^.+store\.db cannot be made: check that the folder .+ENOTDIR/),
  })
})

test('a link to nowhere is no folder, and none is made through it', () => {
  symlinkSync(join(folder, 'nowhere'), join(folder, 'dangling'), 'junction')
  for (const path of ['dangling', 'dangling/deep']) {
    expect(thrownBy(() => makeFolders(join(folder, path)))).toMatchObject({ code: 'EEXIST' })
  }
  expect(existsSync(join(folder, 'nowhere'))).toBe(false)
})

// In a process of its own, which a loop without an end does not outlive.
test.runIf(process.platform === 'linux')('where the system makes no folder it is an error, and soon', async () => {
  const program = await bundle(new URL('./programs/unmakeable.ts', import.meta.url), folder)
  for (const place of ['/proc/x/store.db', '/proc/x/y/store.db']) {
    const said = execFileSync(process.execPath, [program, place], {
      env: { ...process.env, NODE_PATH: nodePath },
      encoding: 'utf8',
      timeout: 10_000,
      killSignal: 'SIGKILL',
    })
    expect(JSON.parse(said)).toMatchObject({
      code: 'ERR_BACKEND',
      message: expect.stringContaining(`${place} cannot be made`),
      cause: 'ENOENT',
    })
  }
})

test.each<[unknown, string]>([
  [{ path: 'store.db', durable: true }, 'an object with path, durable'],
  [{}, 'an object'],
  [Object.create(null), 'an object'],
  ['', 'an empty string'],
  [undefined, 'undefined'],
  [5, '5'],
])('what is no place is refused, with what is expected and where options go: %j', (place, got) => {
  // The types refuse it as well.
  const error = thrownBy(() => sqliteStore(place as string))
  expect(error).toBeInstanceOf(TypeError)
  expect(String(error)).toContain("a file's path, a file: URL, ':memory:' or an open database of better-sqlite3")
  expect(String(error)).toMatch(new RegExp(`options as a second argument; got ${got}$`))
})
