import { homeFolder, pathOfFileUrl } from '#host'
import { shownValue } from '../shown-value.ts'

/**
 * Where in the file system a place is that a person wrote down: a path; `~/…`, which is below the home directory; or a
 * `file:` URL, as an object or as text. For stores in files: what comes back is a path, relative if a relative one was given.
 *
 * @param taker - what takes the place, for messages
 * @throws {TypeError} when it is a URL of another kind, or anything else
 */
export function filePath(place: string | URL, taker: string): string {
  if (typeof place === 'object' && typeof place?.href === 'string') return pathOf(place.href, taker, place.href)
  if (typeof place !== 'string' || place === '')
    throw notPlace(taker, place === '' ? 'an empty string' : shownValue(place))
  if (/^~($|[/\\])/.test(place)) return belowHome(place, taker)
  // One letter is a drive.
  return /^(file:|[a-z][a-z\d+.-]+:\/\/)/i.test(place) ? pathOf(place, taker, JSON.stringify(place)) : place
}

function pathOf(href: string, taker: string, shown: string): string {
  if (!/^file:/i.test(href)) throw notPlace(taker, shown)
  if (!/^file:\/\//i.test(href)) {
    throw new TypeError(`${taker} expects a file: URL with a whole path, such as file:///a/b; got ${shown}`)
  }
  if (/[?#]/.test(href)) {
    throw new TypeError(`${taker} expects a file: URL without a query or a fragment, or a path; got ${shown}`)
  }
  try {
    return pathOfFileUrl(href)
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    throw new TypeError(`${taker} expects a path or a file: URL; got ${shown}: ${error.message}`, { cause: error })
  }
}

function belowHome(place: string, taker: string): string {
  const home = homeFolder()
  if (home !== undefined) return home.replace(/[/\\]+$/, '') + place.slice(1) || home
  throw new TypeError(
    `${taker} is to find a home directory, and this user has none: pass a whole path in place of ${JSON.stringify(place)}`,
  )
}

function notPlace(taker: string, shown: string): TypeError {
  return new TypeError(`${taker} expects a path or a file: URL; got ${shown}`)
}
