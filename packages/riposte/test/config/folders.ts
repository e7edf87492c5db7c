import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll } from 'vitest'

// Inside of a test it is too late to say what comes after all.
const made: string[] = []
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true })
})

/** A folder with these files, by path; one whose content is no string is JSON. Goes when the tests of the file are over. */
export function folderWith(files: Readonly<Record<string, unknown>>): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'riposte-config-')))
  made.push(folder)
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content))
  }
  return folder
}

/** What `body` gives where the working directory and the environment are these. */
export function inFolder<T>(folder: string, body: () => T, env: Readonly<Record<string, string>> = {}): T {
  const before = { cwd: process.cwd(), env: { ...process.env } }
  mkdirSync(folder, { recursive: true })
  process.chdir(folder)
  Object.assign(process.env, env)
  try {
    return body()
  } finally {
    process.chdir(before.cwd)
    for (const name of Object.keys(env)) {
      const value = before.env[name]
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
  }
}

/** The message of what `body` throws, which must be a `TypeError`. */
export function mistakeOf(body: () => unknown): string {
  try {
    body()
  } catch (error) {
    if (error instanceof TypeError) return error.message
    throw error
  }
  throw new Error('expected a mistake; there was none')
}
