// The pipeline: each step is a plain function, memoized under a name. What a step returns is stored once,
// under the digest of its content, and the next step is keyed by that content: it is computed anew
// exactly when what it is given has changed.
import { memoizer } from '@riposte/memo'
import { dataFile, parseTable } from './datasets.mjs'
import { onEllipsoid, onSphere } from './geodesy.mjs'
import { busiest, byState, flightsIn, lateness, nearestHubs, ranking, zone } from './steps.mjs'

/** @typedef {import('./steps.mjs').Trips} Trips */

export const namespace = 'demo'
const months = ['2001/01', '2001/02', '2001/03']
const hubCount = 48

/**
 * @param {import('@riposte/core').Cache} cache
 * @param {import('./ledger.mjs').Ledger} ledger
 * @param {{ version: number, bump: string | undefined }} options - the version of `nearest`, and a step to be computed anew
 */
export function createSteps(cache, ledger, { version, bump }) {
  const memo = memoizer({ cache, namespace })
  const distance = version === 1 ? onEllipsoid : onSphere

  /** Says of a step what a key must hold beside its arguments: its name and the version of its code. */
  const named = (/** @type {string} */ name, version = 1) => ({
    name,
    version: bump === name ? `${version} bumped` : version,
  })

  return {
    // A file is keyed by its content: a hit neither parses it nor cares what it is called.
    parse: memo(ledger.body('parse', parseTable), { ...named('parse'), key: ({ content }) => ({ content }) }),
    hubs: memo(ledger.body('hubs', busiest), { ...named('hubs'), params: ['airports', 'routes', 'count'] }),
    places: memo(ledger.body('places', byState), { ...named('places'), params: ['zipcodes'] }),
    month: memo(ledger.body('month', flightsIn), { ...named('month'), params: ['flights', 'month'] }),
    // What a function closes over is not in its arguments, so the measure must show in the version.
    nearest: memo(
      ledger.body(
        'nearest',
        (
          /** @type {import('./steps.mjs').Places} */ places,
          /** @type {readonly import('./steps.mjs').Hub[]} */ hubs,
        ) => nearestHubs(places, hubs, distance),
      ),
      { ...named('nearest', version), params: ['places', 'hubs'] },
    ),
    lateness: memo(ledger.body('lateness', lateness), { ...named('lateness'), params: ['flights', 'iata'] }),
    zone: memo(ledger.body('zone', zone), { ...named('zone'), params: ['iata', 'trips'] }),
    ranking: memo(ledger.body('ranking', ranking), { ...named('ranking'), params: ['hubs', 'zones', 'months'] }),
  }
}

/**
 * Runs all steps. Tables go from step to step by reference: where every step hits, none of them is loaded.
 * @param {ReturnType<typeof createSteps>} steps
 * @param {import('./ledger.mjs').Ledger} ledger
 */
export async function runPipeline(steps, ledger) {
  const parse = ledger.follow(steps.parse)
  const airports = await parse.ref(dataFile('airports.csv'))
  const routes = await parse.ref(dataFile('flights-airport.csv'))
  const zipcodes = await parse.ref(dataFile('zipcodes.csv'))
  const flights = await parse.ref(dataFile('flights-20k.json'))

  const hubs = await ledger.follow(steps.hubs).withRefs(airports, routes, hubCount)
  const places = await ledger.follow(steps.places).withRefs(zipcodes)

  const nearest = ledger.follow(steps.nearest)
  /** @type {Map<string, Trips[]>} */
  const trips = new Map(hubs.map(({ iata }) => [iata, []]))
  for (const ofState of places.values()) {
    for (const [hub, part] of await nearest.withRefs(ofState, hubs)) trips.get(hub)?.push(part)
  }

  const month = ledger.follow(steps.month)
  const flown = []
  for (const name of months) flown.push(await month.ref(flights, name))

  const zone = ledger.follow(steps.zone)
  const lateness = ledger.follow(steps.lateness)
  const zones = []
  const late = []
  for (const { iata } of hubs) {
    zones.push(await zone.withRefs(iata, trips.get(iata) ?? []))
    const ofHub = []
    for (const table of flown) ofHub.push(await lateness.withRefs(table, iata))
    late.push(ofHub)
  }
  return ledger.follow(steps.ranking).withRefs(hubs, zones, late)
}
