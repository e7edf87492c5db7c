import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const MEBIBYTES = 512
const program = fileURLToPath(new URL('./programs/save-bytes.mjs', import.meta.url))

async function take(verb: 'digest' | 'save'): Promise<{ readonly key: string; readonly grownMiB: number }> {
  const { stdout } = await promisify(execFile)(process.execPath, [program, verb, String(MEBIBYTES)])
  return JSON.parse(stdout)
}

test('512 MiB of bytes are digested where they lie, and saved by one copy, which the entries are', async () => {
  const digested = await take('digest')
  const saved = await take('save')
  expect(saved.key).toBe(digested.key)
  expect(digested.grownMiB).toBeLessThan(MEBIBYTES / 8)
  // A save has to copy: once it has begun its value may be changed.
  expect(saved.grownMiB).toBeLessThan(MEBIBYTES * 1.25)
})
