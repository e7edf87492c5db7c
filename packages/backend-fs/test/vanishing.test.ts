/** A store's directory that somebody removes while the store is being made. */
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { isRiposteError, run } from '@riposte/core'
import { describe, expect, test } from 'vitest'
import type { Files } from '../src/files.ts'
import { asyncForm, syncForm } from '../src/form.ts'
import { createGate } from '../src/gate.ts'
import { createHome } from '../src/home.ts'
import { directory } from './directory.ts'
import { tree } from './tree.ts'

interface Disturbed {
  readonly files: Files
  /** From now on nothing is removed. Says whether so many operations had run. */
  readonly end: () => boolean
}

/** Files of which the directory is removed once so many operations have run. */
function removingAfter(count: number, root: string, files: Files): Disturbed {
  let left = count
  const remove = (): void => {
    left -= 1
    if (left === 0 && existsSync(root)) rmSync(root, { recursive: true })
  }
  const counted =
    <A extends readonly unknown[], R>(operation: (...args: A) => R) =>
    (...args: A): R => {
      const result = operation(...args)
      if (result instanceof Promise) {
        // It settles as the operation does.
        return result.finally(remove) as R
      }
      remove()
      return result
    }
  return {
    end() {
      const isOver = left <= 0
      left = 0
      return isOver
    },
    files: {
      ...files,
      read: counted(files.read),
      create: counted(files.create),
      status: counted(files.status),
      link: counted(files.link),
      unlink: counted(files.unlink),
      names: counted(files.names),
      realPath: counted(files.realPath),
      makeDirectory: counted(files.makeDirectory),
    },
  }
}

describe.each([
  ['now', syncForm],
  ['later', asyncForm],
])('with files that answer %s', (_, { files }) => {
  test('after whatever step it goes, the store is made, or the failure says so, and made the next time', async () => {
    const failures: string[] = []
    for (let count = 1, isOver = true; isOver; count += 1) {
      const root = join(await directory(), 'store')
      const disturbed = removingAfter(count, root, files)
      const home = createHome(root, disturbed.files, false)
      const make = async () => run(createGate('store', root).writes('put', () => home.make()))
      try {
        expect(await make()).toBe(root)
      } catch (error) {
        if (!isRiposteError(error, 'ERR_BACKEND')) throw error
        failures.push(error.message)
      }
      isOver = disturbed.end()
      expect(await make()).toBe(root)
      expect(tree(root)).toEqual(['CACHEDIR.TAG', 'riposte.json', 'v2/', 'v2/tmp/'])
    }
    expect(failures.some(message => message.includes('vanishes as soon as it is made'))).toBe(true)
    expect(failures.some(message => message.includes('ENOENT'))).toBe(true)
  })
})
