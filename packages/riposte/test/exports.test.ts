import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

/** The names that an index exports, types included. */
function exported(folder: string): string[] {
  const index = readFileSync(join(import.meta.dirname, '..', '..', folder, 'src', 'index.ts'), 'utf8')
  const lists = Array.from(index.matchAll(/export (?:type )?\{([^}]*)\}/g), ([, list]) => list ?? '')
  return lists.flatMap(list => list.split(',').map(name => name.replace(/^\s*type /, '').trim())).filter(Boolean)
}

test.each(['core', 'memo', 'backend-fs', 'backend-sqlite'])('all that %s exports is exported', folder => {
  const own = exported(folder)
  expect(own.length).toBeGreaterThan(1)
  expect(exported('riposte')).toEqual(expect.arrayContaining(own))
})
