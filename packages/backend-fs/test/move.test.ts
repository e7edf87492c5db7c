import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from '@riposte/core'
import { describe, expect, test } from 'vitest'
import type { Files } from '../src/files.ts'
import { move } from '../src/move.ts'
import { syncFiles } from '../src/sync-files.ts'
import { directory } from './directory.ts'

/** Files that are busy for some renames, as under a virus scanner. */
function busy(times: number, code: string): Files {
  let left = times
  return {
    ...syncFiles,
    rename(from, to) {
      if (left-- > 0) throw Object.assign(new Error(`${code}: busy`), { code, syscall: 'rename' })
      return syncFiles.rename(from, to)
    },
  }
}

async function moving(files: Files, platform: NodeJS.Platform): Promise<string> {
  const root = await directory()
  const [from, to] = [join(root, 'from'), join(root, 'to')]
  writeFileSync(from, 'new')
  writeFileSync(to, 'old')
  expect(run(move(files, from, to, platform))).toBe('done')
  return readFileSync(to, 'utf8')
}

describe('on Windows', () => {
  test.each(['EPERM', 'EBUSY', 'EACCES'])('a rename that fails with %s is tried again', async code => {
    expect(await moving(busy(3, code), 'win32')).toBe('new')
  })

  test('a rename that never succeeds fails in the end', async () => {
    await expect(moving(busy(1000, 'EPERM'), 'win32')).rejects.toMatchObject({ code: 'EPERM' })
  })

  test('a rename that fails for another reason fails at once', async () => {
    await expect(moving(busy(1, 'ENOSPC'), 'win32')).rejects.toMatchObject({ code: 'ENOSPC' })
  })
})

test('elsewhere a rename that fails fails at once', async () => {
  await expect(moving(busy(1, 'EPERM'), 'linux')).rejects.toMatchObject({ code: 'EPERM' })
})
