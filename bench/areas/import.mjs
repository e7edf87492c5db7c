// What a program pays before it does anything: the time to import, and the bytes that a page loads.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { browserSize } from '../../scripts/browser-bundle.mjs'

export const packages = ['p-memoize', 'keyv', 'ohash', 'object-hash', 'better-sqlite3']

const bench = join(import.meta.dirname, '..')
const ROUNDS = 21

export async function* cases() {
  yield imports()
  yield sizes()
}

/** Processes take turns, as contenders do elsewhere. What the processor did for one is steadier than the time that passed. */
function imports() {
  // Below bench, so that names lead to what is installed there.
  const cache = join(bench, 'node_modules', '.cache')
  mkdirSync(cache, { recursive: true })
  const folder = mkdtempSync(join(cache, 'import-'))
  try {
    const names = ['@riposte/core', '@riposte/memo', 'riposte', 'p-memoize', 'keyv', 'ohash', 'node:crypto']
    const programs = [['nothing', ''], ...names.map(name => [name, `import '${name}'`])].map(([name, program], i) => {
      const file = join(folder, `${i}.mjs`)
      writeFileSync(file, `${program}\n${TELL}`)
      return { name, file, spent: /** @type {{ passed: number, cpu: number }[]} */ ([]) }
    })
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const { file, spent } of programs) spent.push(run(file))
    }
    const [nothing] = programs
    const above = (program, key) => `${(median(program.spent, key) - median(nothing.spent, key)).toFixed(1)} ms`
    const rows = programs.map(program => [
      program.name,
      milliseconds(median(program.spent, 'cpu')),
      above(program, 'cpu'),
      milliseconds(median(program.spent, 'passed')),
      above(program, 'passed'),
    ])
    return {
      title: 'a process that imports',
      head: ['', 'processor time', 'above the first', 'passed', 'above the first'],
      rows,
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Since the process began, in milliseconds. */
const TELL = `const passed = performance.now()
const { user, system } = process.cpuUsage()
process.stdout.write(JSON.stringify({ passed, cpu: (user + system) / 1000 }))
`

function run(file) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [file], { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  return JSON.parse(stdout)
}

function median(spent, key) {
  return spent.map(one => one[key]).sort((a, b) => a - b)[spent.length >> 1]
}

const milliseconds = number => `${number.toFixed(1)} ms`

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
    const { minified, gzipped, later } = await browserSize(program, bench)
    rows.push([name, kilobytes(minified), kilobytes(gzipped), later === 0 ? '' : kilobytes(later)])
  }
  const head = ['', 'minified', 'and gzipped', 'loaded when first wanted, gzipped']
  return { title: 'a bundle for browsers', head, rows }
}

const kilobytes = bytes => `${(bytes / 1024).toFixed(1)} KB`
