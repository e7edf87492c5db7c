/** The file that says that a directory is a store. */
import { RiposteError } from '@riposte/core'
import { CACHE_TAG, FORMAT, MARKER } from './layout.ts'

export const MARKER_TEXT: string = `${JSON.stringify({ kind: 'riposte-store', format: FORMAT })}\n`

/** @see https://bford.info/cachedir/ */
export const CACHE_TAG_TEXT: string = `Signature: 8a477f597d28d172789f06886806bc55
# This directory holds values that Riposte can compute again. Backups may leave it out.
`

/** Names of files that a store being made has before its marker. */
const BEGINNING = '.riposte-'

export const beginningName = (unique: string): string => `${BEGINNING}${unique}`

/** Whether a directory with this name in it may still become a store. */
export function mayStandBefore(name: string): boolean {
  return name.startsWith(BEGINNING) || name === CACHE_TAG || name === '.gitignore'
}

/** @throws {RiposteError} unless the marker's text is that of a store of our format */
export function checkMarker(text: string, root: string): void {
  const format = formatOf(text)
  if (format === undefined) throw notAStore(root)
  if (format !== FORMAT) {
    throw new RiposteError(
      'ERR_UNKNOWN_FORMAT',
      `the store in ${root} has format ${format}, this version of @riposte/backend-fs reads format ${FORMAT}: ${format > FORMAT ? 'update it' : 'remove that directory'}, or give fsStore another`,
      { key: MARKER, format },
    )
  }
}

function formatOf(text: string): number | undefined {
  try {
    const marker: unknown = JSON.parse(text)
    if (typeof marker !== 'object' || marker === null) return undefined
    if (!('kind' in marker) || marker.kind !== 'riposte-store' || !('format' in marker)) return undefined
    return typeof marker.format === 'number' ? marker.format : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

export function notAStore(root: string): RiposteError<'ERR_NOT_A_STORE'> {
  return new RiposteError(
    'ERR_NOT_A_STORE',
    `${root} holds something other than a Riposte store; give fsStore a new or empty directory`,
    { location: root },
  )
}
