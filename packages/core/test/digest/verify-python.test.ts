import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

const spec = join(import.meta.dirname, '../../../../spec')
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'riposte-spec-'))
  cpSync(join(spec, 'verify.py'), join(folder, 'verify.py'))
  cpSync(join(spec, 'vectors'), join(folder, 'vectors'), { recursive: true })
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function verify() {
  const { error, status, stdout, stderr } = spawnSync('python3', ['-I', join(folder, 'verify.py')], {
    encoding: 'utf8',
  })
  if (error !== undefined) {
    throw new Error('the vectors are checked by Python 3.9 or later: install python3 and put it on the path', {
      cause: error,
    })
  }
  return { status, stdout, stderr }
}

test('a Python program that was written from the specification finds every vector right', () => {
  const { status, stdout, stderr } = verify()
  expect(stderr).toBe('')
  expect(stdout).toMatch(/^(\d+) vectors, \1 right\n$/)
  expect(Number.parseInt(stdout, 10)).toBeGreaterThan(300)
  expect(status).toBe(0)
})

test('it fails when a vector is wrong', () => {
  const file = join(folder, 'vectors', 'numbers.json')
  writeFileSync(file, readFileSync(file, 'utf8').replace('"v":"1"', '"v":"2"'))
  const { status, stdout, stderr } = verify()
  expect(status).toBe(1)
  expect(stdout).toMatch(/^(\d+) vectors, (?!\1)\d+ right\n$/)
  expect(stderr).toContain('numbers.json')
})

test('it fails when there are no vectors', () => {
  rmSync(join(folder, 'vectors'), { recursive: true })
  expect(verify().status).toBe(1)
})
