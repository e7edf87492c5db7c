import { nearestName } from '@riposte/core'

/** The known names, with the one first that was probably meant: for messages. */
export function knownNames(known: readonly string[], given: string): string {
  const nearest = nearestName(known, given)
  const list = known.map(name => JSON.stringify(name)).join(', ')
  return nearest === undefined ? `known are ${list}` : `did you mean ${JSON.stringify(nearest)}? Known are ${list}`
}
