import { execFileSync } from 'node:child_process'
import { readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { bundle, nodePath } from './bundle.ts'
import { temporaryFolder } from './temporary.ts'

const folder = realpathSync(temporaryFolder())

test('the example in the README runs, and prints what it says', async () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const example = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? ''
  const source = join(folder, 'example.ts')
  writeFileSync(source, example)
  const program = await bundle(pathToFileURL(source), folder)
  const printed = execFileSync(process.execPath, [program], {
    cwd: folder,
    env: { ...process.env, NODE_PATH: nodePath },
    encoding: 'utf8',
  })
  const expected = Array.from(example.matchAll(/console\.log\(.*\) \/\/ (.*)/g), match => match[1])
  expect(expected.length).toBeGreaterThan(0)
  expect(printed.trimEnd().split('\n')).toEqual(expected)
})
