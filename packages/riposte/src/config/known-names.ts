/** The known names, with the one first that was probably meant: for messages. */
export function knownNames(known: readonly string[], given: string): string {
  const nearest = known
    .map(name => ({ name, distance: distance(name.toLowerCase(), given.toLowerCase()) }))
    .filter(one => one.distance <= Math.floor((given.length + 1) / 3))
    .sort((a, b) => a.distance - b.distance)[0]
  const list = known.map(name => JSON.stringify(name)).join(', ')
  return nearest === undefined ? `known are ${list}` : `did you mean ${JSON.stringify(nearest.name)}? Known are ${list}`
}

/** How many letters must be put in, left out, changed, or swapped with the next: optimal string alignment. */
function distance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)]
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const changed = rows[i - 1]![j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      const swapped =
        i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? rows[i - 2]![j - 2]! + 1 : changed
      row.push(Math.min(rows[i - 1]![j]! + 1, row[j - 1]! + 1, changed, swapped))
    }
    rows.push(row)
  }
  return rows[a.length]![b.length]!
}
