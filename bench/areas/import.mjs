// What a program pays before it does anything: the time to import, and the bytes that a page loads.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { browserSize } from '../../scripts/browser-bundle.mjs'

export const packages = ['p-memoize', 'keyv', 'ohash', 'object-hash', 'better-sqlite3']

const bench = join(import.meta.dirname, '..')

export async function* cases() {
  // Below bench, so that names lead to what is installed there.
  const cache = join(bench, 'node_modules', '.cache')
  mkdirSync(cache, { recursive: true })
  const folder = mkdtempSync(join(cache, 'import-'))
  try {
    yield {
      title: 'a process that imports',
      differences: true,
      contenders: [
        ['nothing', 'export {}'],
        ...['@riposte/core', '@riposte/memo', 'riposte', 'p-memoize', 'keyv', 'ohash', 'node:crypto'].map(name => [
          name,
          `import '${name}'`,
        ]),
      ].map(([name, program], i) => ({ name, run: runs(join(folder, `${i}.mjs`), program) })),
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  yield sizes()
}

function runs(file, program) {
  writeFileSync(file, `${program}\n`)
  return () => {
    const { status, stderr } = spawnSync(process.execPath, [file], { encoding: 'utf8' })
    if (status !== 0) throw new Error(stderr)
  }
}

async function sizes() {
  const programs = [
    ['all of @riposte/core', "export * from '@riposte/core'"],
    ['createCache and memoryStore', "export { createCache, memoryStore } from '@riposte/core'"],
    [
      'the same and memoize',
      "export { createCache, memoryStore } from '@riposte/core'; export { memoize } from '@riposte/memo'",
    ],
    ['digest', "export { digest } from '@riposte/core'"],
    ['ohash', "export { hash } from 'ohash'"],
    ['object-hash', "export { default } from 'object-hash'"],
    ['keyv', "export { default } from 'keyv'"],
    ['p-memoize', "export { default } from 'p-memoize'"],
  ]
  const rows = []
  for (const [name, program] of programs) {
    const { minified, gzipped } = await browserSize(program, bench)
    rows.push([name, kilobytes(minified), kilobytes(gzipped)])
  }
  return { title: 'a bundle for browsers', head: ['', 'minified', 'and gzipped'], rows }
}

const kilobytes = bytes => `${(bytes / 1024).toFixed(1)} KB`
