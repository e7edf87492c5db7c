// What core keeps to itself, for programs that look inside: the fuzzer, the maker of the vectors, the bench.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { rolldown } from 'rolldown'
import { virtualEntry } from './virtual-entry.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

/**
 * Bundles sources of core, as Node runs no TypeScript, and imports them together: what they share is there once.
 *
 * @param {readonly string[]} modules - such as `codec/entry.ts`
 * @returns {Promise<readonly any[]>} the namespace of each
 */
export async function importInside(...modules) {
  const lines = modules.map((module, i) => `export * as m${i} from './src/${module}'`)
  const code = await bundle(lines.join('\n'))
  const folder = join(root, 'node_modules', '.cache', 'inside-core')
  const file = join(folder, `${process.pid}-${Date.now()}.mjs`)
  mkdirSync(folder, { recursive: true })
  writeFileSync(file, code)
  try {
    const inside = await import(pathToFileURL(file).href)
    return modules.map((_, i) => inside[`m${i}`])
  } finally {
    rmSync(file)
  }
}

async function bundle(program) {
  const build = await rolldown({
    ...virtualEntry(program, join(root, 'packages', 'core')),
    platform: 'node',
    resolve: { conditionNames: ['@riposte/source', 'node', 'import'] },
    transform: { target: 'es2023' },
  })
  try {
    const { output } = await build.generate({ format: 'esm', codeSplitting: false })
    return output[0].code
  } finally {
    await build.close()
  }
}
