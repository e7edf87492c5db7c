// The import rules hold only if the tool that checks them sees the modules: without a TypeScript of its
// own it finds none, and is content.
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { attempt, command, installed, repository } from './command.ts'

const config = join(repository, '.dependency-cruiser.cjs')

interface Cruise {
  readonly modules: readonly { readonly source: string }[]
  readonly summary: { readonly violations: readonly { readonly rule: { readonly name: string } }[] }
}

test('every source module is seen', () => {
  const cruise: Cruise = JSON.parse(
    command(installed('depcruise'), ['packages', '--config', config, '--output-type', 'json']),
  )
  const seen = cruise.modules.map(({ source }) => source).filter(source => /^packages\/[^/]+\/src\//.test(source))
  const sources = readdirSync(join(repository, 'packages')).flatMap(name =>
    readdirSync(join(repository, 'packages', name, 'src'), { recursive: true, encoding: 'utf8' })
      .filter(file => file.endsWith('.ts'))
      .map(file => `packages/${name}/src/${file}`),
  )
  expect(sources.length).toBeGreaterThan(20)
  expect(seen.sort()).toEqual(sources.sort())
})

test.each([
  ['core-is-a-leaf', 'core/src/index.ts', 'memo/src/index.ts'],
  ['backends-and-memo-see-core-only', 'backend-fs/src/index.ts', 'backend-sqlite/src/index.ts'],
  ['backends-and-memo-see-core-only', 'memo/src/index.ts', 'riposte/src/index.ts'],
  ['no-deep-import', 'memo/src/index.ts', 'core/src/inner.ts'],
  ['the-engine-is-for-memo', 'backend-fs/src/index.ts', 'core/src/engine.ts'],
  ['not-to-unresolvable', 'core/src/index.ts', undefined],
])('%s: an import from %s to %s is refused', (rule, from, to) => {
  expect(rulesBrokenBy({ [from]: to })).toContain(rule)
})

test('a circle of imports is refused, and what is allowed is not', () => {
  expect(rulesBrokenBy({ 'core/src/a.ts': 'core/src/b.ts', 'core/src/b.ts': 'core/src/a.ts' })).toContain('no-circular')
  expect(
    rulesBrokenBy({ 'backend-fs/src/index.ts': 'core/src/index.ts', 'memo/src/index.ts': 'core/src/engine.ts' }),
  ).toEqual([])
})

/** Lints a tree of two-line modules, each importing another. */
function rulesBrokenBy(imports: Readonly<Record<string, string | undefined>>): readonly string[] {
  mkdirSync(join(repository, '.tmp'), { recursive: true })
  const root = mkdtempSync(join(repository, '.tmp', 'imports-'))
  try {
    cpSync(join(repository, 'tsconfig.base.json'), join(root, 'tsconfig.base.json'))
    const write = (file: string, text: string) => {
      mkdirSync(dirname(join(root, 'packages', file)), { recursive: true })
      writeFileSync(join(root, 'packages', file), text)
    }
    for (const file of Object.values(imports)) if (file) write(file, 'export const there = 1\n')
    for (const [from, to] of Object.entries(imports)) {
      write(from, `import { there } from '../../${to ?? 'nowhere.ts'}'\nexport { there }\n`)
    }
    const { stdout } = attempt(installed('depcruise'), ['packages', '--config', config, '--output-type', 'json'], {
      cwd: root,
    })
    const cruise: Cruise = JSON.parse(stdout)
    return cruise.summary.violations.map(violation => violation.rule.name)
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}
