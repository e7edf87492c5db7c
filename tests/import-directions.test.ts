// The import rules hold only if the tool that checks them sees the modules: without a TypeScript of its
// own it finds none, and is content.
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, test } from 'vitest'
import { attempt, command, installed, repository } from './command.ts'

const config = join(repository, '.dependency-cruiser.cjs')

interface Cruise {
  readonly modules: readonly { readonly source: string }[]
  readonly summary: {
    readonly violations: readonly { readonly from: string; readonly rule: { readonly name: string } }[]
  }
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

/** Files and what they import, from `packages` on; `undefined` for a file that is not there. One file stands in one row. */
const REFUSED: readonly (readonly [rule: string, from: string, to: string | undefined])[] = [
  ['core-is-a-leaf', 'core/src/leaf.ts', 'memo/src/index.ts'],
  ['core-values-looks-down', 'core/src/values/up.ts', 'core/src/cache/high.ts'],
  ['core-inside-looks-down', 'core/src/inside/up.ts', 'core/src/values/higher.ts'],
  ['backends-and-memo-see-core-only', 'backend-fs/src/aside.ts', 'backend-sqlite/src/index.ts'],
  ['backends-and-memo-see-core-only', 'memo/src/up.ts', 'riposte/src/index.ts'],
  ['no-deep-import', 'memo/src/deep.ts', 'core/src/inner.ts'],
  ['the-engine-is-for-memo', 'backend-fs/src/engine.ts', 'core/src/engine.ts'],
  ['not-to-unresolvable', 'core/src/lost.ts', undefined],
  ['no-circular', 'core/src/a.ts', 'core/src/b.ts'],
]
const ALLOWED: readonly (readonly [from: string, to: string])[] = [
  ['backend-fs/src/index.ts', 'core/src/index.ts'],
  ['memo/src/index.ts', 'core/src/engine.ts'],
  ['core/src/cache/high.ts', 'core/src/values/low.ts'],
]

/** The other half of the circle, of which one half is told. */
const BACK = ['core/src/b.ts', 'core/src/a.ts'] as const

describe('of these imports', () => {
  const broken = rulesBrokenBy([...REFUSED.map(([, from, to]) => [from, to] as const), BACK, ...ALLOWED])

  test.each(REFUSED)('%s: one from %s to %s is refused', (rule, from) => {
    expect(broken.get(`packages/${from}`)).toContain(rule)
  })

  test.each(ALLOWED)('one from %s to %s is not', from => {
    expect(broken.get(`packages/${from}`)).toBeUndefined()
  })
})

/** Lints a tree of two-line modules, each importing another. Gives the rules that each broke. */
function rulesBrokenBy(
  imports: readonly (readonly [from: string, to: string | undefined])[],
): ReadonlyMap<string, readonly string[]> {
  mkdirSync(join(repository, '.tmp'), { recursive: true })
  const root = mkdtempSync(join(repository, '.tmp', 'imports-'))
  try {
    cpSync(join(repository, 'tsconfig.base.json'), join(root, 'tsconfig.base.json'))
    const write = (file: string, text: string) => {
      mkdirSync(dirname(join(root, 'packages', file)), { recursive: true })
      writeFileSync(join(root, 'packages', file), text)
    }
    for (const [, to] of imports) if (to) write(to, 'export const there = 1\n')
    for (const [from, to = 'nowhere.ts'] of imports) {
      const path = relative(dirname(from), to).replaceAll('\\', '/')
      write(from, `import { there } from '${path.startsWith('.') ? path : `./${path}`}'\nexport { there }\n`)
    }
    const { stdout } = attempt(installed('depcruise'), ['packages', '--config', config, '--output-type', 'json'], {
      cwd: root,
    })
    const broken = new Map<string, string[]>()
    const cruise: Cruise = JSON.parse(stdout)
    for (const { from, rule } of cruise.summary.violations) broken.set(from, [...(broken.get(from) ?? []), rule.name])
    return broken
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}
