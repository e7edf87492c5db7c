import { expect, test } from 'vitest'
import { runProgram } from './run-program.ts'

const MEBIBYTES = 512

interface Report {
  readonly key: string
  readonly grownMiB: number
}

const take = (verb: 'digest' | 'save') => runProgram<Report>('save-bytes', [verb, MEBIBYTES])

test('512 MiB of bytes are digested where they lie, and saved by one copy, which the entries are', async () => {
  const digested = await take('digest')
  const saved = await take('save')
  expect(saved.key).toBe(digested.key)
  expect(digested.grownMiB).toBeLessThan(MEBIBYTES / 8)
  // A save has to copy: once it has begun its value may be changed.
  expect(saved.grownMiB).toBeLessThan(MEBIBYTES * 1.25)
})
