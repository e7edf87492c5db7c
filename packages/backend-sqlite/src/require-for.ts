/** Finds a package from where this code runs, be it installed or in a bundle. */
import { createRequire } from 'node:module'
import { join } from 'node:path'

/**
 * A `require` that finds a package: from this module; in a bundle also from the bundle, and from the working directory.
 * If none does, the first of them, which says what it looked for.
 *
 * @param url - of this module. In a bundle it may be none, as in CommonJS, or that of the file which was bundled
 */
export function requireFor(name: string, url: string | undefined = import.meta.url): NodeJS.Require {
  const places = [() => url, fileOfBundle, () => join(process.cwd(), '/')]
  let first: NodeJS.Require | undefined
  for (const placeOf of places) {
    const place = placeOf()
    if (place === undefined) continue
    const require = createRequire(place)
    if (finds(require, name)) return require
    first ??= require
  }
  // The working directory is always a place.
  return first!
}

/** Where this runs as CommonJS. */
function fileOfBundle(): string | undefined {
  return typeof __filename === 'string' ? __filename : undefined
}

function finds(require: NodeJS.Require, name: string): boolean {
  try {
    require.resolve(name)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND') return false
    throw error
  }
}
