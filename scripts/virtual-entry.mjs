// A program that stands in no file, for rolldown.
const id = '\0entry'

/**
 * Options of rolldown that have it bundle a program.
 *
 * @param {string} program - the text of a module
 * @param {string} folder - imports are resolved as for a file in it
 */
export function virtualEntry(program, folder) {
  return {
    cwd: folder,
    input: id,
    plugins: [
      {
        name: 'virtual-entry',
        resolveId(wanted, importer) {
          if (wanted === id) return id
          return importer === id ? this.resolve(wanted, `${folder}/entry.mjs`, { skipSelf: true }) : undefined
        },
        load: wanted => (wanted === id ? program : undefined),
      },
    ],
  }
}
