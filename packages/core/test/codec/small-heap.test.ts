import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const program = fileURLToPath(new URL('./hostile-in-small-heap.mjs', import.meta.url))

test('in a process of 64 MiB, bytes that are made to fill the heap end in typed errors', { timeout: 60_000 }, () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--max-old-space-size=64', program], {
    encoding: 'utf8',
  })
  expect(stderr).toBe('')
  expect(status).toBe(0)
  expect(JSON.parse(stdout)).toEqual({
    'a million levels, cut short': 'ERR_CORRUPT',
    'a million names, cut short': 'ERR_CORRUPT',
    'a million names, one of them twice': 'ERR_CORRUPT',
    'four million objects and what is none': 'ERR_CORRUPT',
    'a million objects around an unknown tag': 'ERR_CORRUPT',
    'lists that say they are long, in each other': 'ERR_CORRUPT',
    'a thousand arrays of holes': 'a value',
    'thirty nested pairs': 'ERR_LIMIT',
  })
})
