import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

/** Every path under a directory; directories end in a slash, links in what they lead to. */
export function tree(root: string): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .map(entry => {
      const path = relative(root, join(entry.parentPath, entry.name))
      return entry.isDirectory() ? `${path}/` : path
    })
    .sort()
}

/** Files under a directory with their content. */
export function contents(root: string): Record<string, string> {
  const files = tree(root).filter(path => !path.endsWith('/'))
  return Object.fromEntries(files.map(path => [path, readFileSync(join(root, path), 'latin1')]))
}
