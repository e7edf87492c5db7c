// How the demo prints what it found.
import Table from 'cli-table3'

/** @typedef {ReturnType<typeof import('./steps.mjs').ranking>} Ranking */

/** @param {Ranking} ranking */
export function printRanking(ranking) {
  const table = createTable(['hub', 'where', 'flights', 'late J/F/M %', 'zips', 'median km', 'far km'], 2)
  for (const { iata, state, name, months, zone } of ranking) {
    const departures = months.reduce((sum, month) => sum + month.departures, 0)
    const late = months.map(month => Math.round(month.late * 100)).join(' ')
    const where = name.length > 24 ? `${name.slice(0, 23)}…` : name
    table.push([iata, `${where} ${state}`, departures, late, zone.places, zone.median, zone.farthest])
  }
  console.log(`The latest of the busiest airports, and the zip codes that are nearer to them than to another\n${table}`)
}

/** @param {readonly import('./ledger.mjs').Account[]} accounts */
export function printSteps(accounts) {
  const table = createTable(['step', 'calls', 'computed', 'from store', 'ms'], 1)
  for (const { step, calls, computed, ms } of accounts)
    table.push([step, calls, computed, calls - computed, ms.toFixed(1)])
  console.log(`\n${table}`)
}

/**
 * @param {string} title
 * @param {readonly import('@riposte/core').CallRecord[]} calls
 */
export function printCalls(title, calls) {
  const table = createTable(['call', 'step', 'version', 'ms'], 3)
  for (const { digest, name, version, metadata } of calls) {
    table.push([digest.slice(0, 8), name, String(version), metadata.runtime?.durationMs.toFixed(0) ?? ''])
  }
  console.log(`\n${title}\n${table}`)
}

/**
 * @param {readonly string[]} head
 * @param {number} texts - how many columns hold text; the others hold numbers, to the right
 */
function createTable(head, texts) {
  return new Table({
    head: [...head],
    colAligns: head.map((_, column) => (column < texts ? 'left' : 'right')),
    style: { head: [], border: [], compact: true },
  })
}
