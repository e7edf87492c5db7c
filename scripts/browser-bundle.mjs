// What a page loads of the packages as they are built: for the browser suite, and to know its size.
import { gzipSync } from 'node:zlib'
import { rolldown } from 'rolldown'
import { virtualEntry } from './virtual-entry.mjs'

/**
 * A program and all that it imports, for browsers, minified.
 *
 * @param {string} program - the text of a module
 * @param {string} folder - imports are resolved as for a file in it
 * @returns each module's text by its name, of which `page.js` is the program; the names of those that are loaded at its
 *   start; and what they import beside each other
 */
export async function browserBundle(program, folder) {
  const build = await rolldown({ ...virtualEntry(program, folder), platform: 'browser' })
  try {
    const { output } = await build.generate({
      format: 'esm',
      minify: true,
      entryFileNames: 'page.js',
      chunkFileNames: '[name].js',
    })
    const modules = new Map(output.map(module => [module.fileName, module]))
    const atStart = new Set(['page.js'])
    // What is added on the way is come to.
    for (const name of atStart) {
      for (const imported of modules.get(name)?.imports ?? []) atStart.add(imported)
    }
    return {
      modules: Object.fromEntries(output.map(({ fileName, code }) => [fileName, code])),
      atStart: [...atStart],
      imports: output
        .flatMap(({ imports, dynamicImports }) => [...imports, ...dynamicImports])
        .filter(name => !modules.has(name)),
    }
  } finally {
    await build.close()
  }
}

/** Bytes that are loaded at the start, minified, and those after gzip at its best; `later`: gzipped, what is loaded when it is first wanted. */
export async function browserSize(program, folder) {
  const { modules, atStart } = await browserBundle(program, folder)
  const size = { minified: 0, gzipped: 0, later: 0 }
  for (const [name, code] of Object.entries(modules)) {
    const bytes = Buffer.from(code)
    const gzipped = gzipSync(bytes, { level: 9 }).length
    if (atStart.includes(name)) {
      size.minified += bytes.length
      size.gzipped += gzipped
    } else {
      size.later += gzipped
    }
  }
  return size
}
