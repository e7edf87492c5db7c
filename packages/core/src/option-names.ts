import { nearestName } from './nearest-name.ts'
import { shownValue } from './shown-value.ts'

/**
 * Refuses options that do not exist: a misspelt `dryRun` must not delete.
 *
 * @throws {TypeError} when `options` is no object, or has a property that is not among `names`
 */
export function checkOptionNames(options: object, names: readonly string[]): void {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(`expected options as an object; got ${shownValue(options)}`)
  }
  const unknown = Object.keys(options).find(name => !names.includes(name))
  if (unknown === undefined) return
  const meant = nearestName(names, unknown)
  throw new TypeError(
    `there is no option ${JSON.stringify(unknown)}; ${meant === undefined ? `expected ${names.join(', ')}` : `did you mean ${meant}?`}`,
  )
}
