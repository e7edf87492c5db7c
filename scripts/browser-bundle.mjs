// What a page loads of the packages as they are built: for the browser suite, and to know its size.
import { gzipSync } from 'node:zlib'
import { rolldown } from 'rolldown'

const entry = '\0page'

/**
 * One module of a program and all that it imports, for browsers, minified.
 *
 * @param {string} program - the text of a module
 * @param {string} folder - imports are resolved as for a file in it
 * @returns the text, and what it still imports
 */
export async function browserBundle(program, folder) {
  const build = await rolldown({
    cwd: folder,
    input: entry,
    platform: 'browser',
    plugins: [
      {
        name: 'page',
        resolveId(id, importer) {
          if (id === entry) return id
          return importer === entry ? this.resolve(id, `${folder}/page.mjs`, { skipSelf: true }) : undefined
        },
        load: id => (id === entry ? program : undefined),
      },
    ],
  })
  try {
    const { output } = await build.generate({ format: 'esm', minify: true, codeSplitting: false })
    const [{ code, imports, dynamicImports }] = output
    return { code, imports: [...imports, ...dynamicImports] }
  } finally {
    await build.close()
  }
}

/** Bytes minified, and those after gzip at its best. */
export async function browserSize(program, folder) {
  const { code } = await browserBundle(program, folder)
  const bytes = Buffer.from(code)
  return { minified: bytes.length, gzipped: gzipSync(bytes, { level: 9 }).length }
}
