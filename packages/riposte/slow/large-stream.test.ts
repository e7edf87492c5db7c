import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const MEBIBYTES = 1024

interface Report {
  readonly bytes: number
  readonly heapMiB: number
  readonly residentMiB: number
}

function stream(engine: string, location: string): Promise<Report> {
  const file = fileURLToPath(new URL('./programs/stream.mjs', import.meta.url))
  const child = spawn(process.execPath, ['--max-old-space-size=64', file, engine, location, String(MEBIBYTES)])
  let output = ''
  let errors = ''
  child.stdout.on('data', data => {
    output += String(data)
  })
  child.stderr.on('data', data => {
    errors += String(data)
  })
  return new Promise((resolve, reject) => {
    child.on('exit', code => (code === 0 ? resolve(JSON.parse(output)) : reject(new Error(errors))))
  })
}

test.each(['files', 'sqlite'])('a GiB streams in and out through a heap of 64 MiB: %s', async engine => {
  const folder = await mkdtemp(join(tmpdir(), 'riposte-stream-'))
  try {
    const { bytes, heapMiB, residentMiB } = await stream(engine, join(folder, 'store'))
    expect(bytes).toBe(MEBIBYTES * 2 ** 20)
    expect(heapMiB).toBeLessThan(32)
    // Chunks wait for the garbage collector outside the heap.
    expect(residentMiB).toBeLessThan(256)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
