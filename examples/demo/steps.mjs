// What the pipeline computes: plain functions that know nothing of a store.
import { onSphere, radians } from './geodesy.mjs'

/** @typedef {import('./geodesy.mjs').Point} Point */
/** @typedef {import('./datasets.mjs').Table} Table */
/** @typedef {Point & { readonly iata: string, readonly name: string, readonly state: string, readonly flights: number }} Hub */
/** @typedef {{ readonly code: readonly string[], readonly latitude: Float64Array, readonly longitude: Float64Array }} Places */
/** Places, and how many kilometres they are away. @typedef {Places & { readonly km: Float64Array }} Trips */
/** @typedef {{ readonly places: number, readonly median: number, readonly farthest: number, readonly middle: string }} Zone */
/** @typedef {{ readonly departures: number, readonly median: number, readonly late: number }} Lateness */

/**
 * The airports that most flights leave from, with their coordinates.
 * @param {Table} airports
 * @param {Table} routes
 * @param {number} count
 * @returns {readonly Hub[]}
 */
export function busiest(airports, routes, count) {
  /** @type {Map<string, number>} */
  const flights = new Map()
  const origins = text(routes, 'origin')
  const counts = numbers(routes, 'count')
  for (const [row, origin] of origins.entries()) flights.set(origin, (flights.get(origin) ?? 0) + at(counts, row))

  const [name, state] = [text(airports, 'name'), text(airports, 'state')]
  const [latitude, longitude] = [numbers(airports, 'latitude'), numbers(airports, 'longitude')]
  return text(airports, 'iata')
    .map((iata, row) => ({
      iata,
      name: at(name, row),
      state: at(state, row),
      latitude: radians(at(latitude, row)),
      longitude: radians(at(longitude, row)),
      flights: flights.get(iata) ?? 0,
    }))
    .sort((a, b) => b.flights - a.flights)
    .slice(0, count)
}

/**
 * Zip codes and where they are, by state.
 * @param {Table} zipcodes
 * @returns {ReadonlyMap<string, Places>}
 */
export function byState(zipcodes) {
  const [code, state] = [text(zipcodes, 'zip_code'), text(zipcodes, 'state')]
  const [latitude, longitude] = [numbers(zipcodes, 'latitude'), numbers(zipcodes, 'longitude')]
  const groups = groupBy([...code.keys()], row => at(state, row))
  // Military post offices have no state.
  groups.delete('')
  return new Map(
    [...groups].map(([name, rows]) => [
      name,
      {
        code: rows.map(row => at(code, row)),
        latitude: Float64Array.from(rows, row => radians(at(latitude, row))),
        longitude: Float64Array.from(rows, row => radians(at(longitude, row))),
      },
    ]),
  )
}

/**
 * For each place its nearest hub. This is where the time goes: every place is measured to every hub.
 * @param {Places} places
 * @param {readonly Hub[]} hubs
 * @param {(a: Point, b: Point) => number} distance
 * @returns {ReadonlyMap<string, Trips>} by hub
 */
export function nearestHubs({ code, latitude, longitude }, hubs, distance) {
  const trips = code.map((name, row) => {
    const here = { latitude: at(latitude, row), longitude: at(longitude, row) }
    const far = hubs.map(hub => distance(here, hub))
    const km = Math.min(...far)
    return { name, ...here, hub: at(hubs, far.indexOf(km)).iata, km: Math.round(km) }
  })
  return new Map(
    [...groupBy(trips, ({ hub }) => hub)].map(([hub, group]) => [
      hub,
      {
        code: group.map(({ name }) => name),
        latitude: Float64Array.from(group, ({ latitude }) => latitude),
        longitude: Float64Array.from(group, ({ longitude }) => longitude),
        km: Float64Array.from(group, ({ km }) => km),
      },
    ]),
  )
}

/**
 * The flights whose date begins with a month.
 * @param {Table} flights
 * @param {string} month - as `2001/01`
 * @returns {Table}
 */
export function flightsIn(flights, month) {
  const [date, origin, delay] = [text(flights, 'date'), text(flights, 'origin'), numbers(flights, 'delay')]
  const rows = [...date.keys()].filter(row => at(date, row).startsWith(month))
  return { origin: rows.map(row => at(origin, row)), delay: Float64Array.from(rows, row => at(delay, row)) }
}

/**
 * How late flights leave from an airport.
 * @param {Table} flights
 * @param {string} iata
 * @returns {Lateness} the median in minutes, and the share that leaves a quarter of an hour late or more
 */
export function lateness(flights, iata) {
  const [origin, delay] = [text(flights, 'origin'), numbers(flights, 'delay')]
  const delays = [...delay].filter((_, row) => at(origin, row) === iata)
  const late = delays.filter(minutes => minutes >= 15).length
  return { departures: delays.length, median: median(delays), late: late / Math.max(1, delays.length) }
}

/**
 * The places that are nearer to one hub than to any other.
 * @param {string} _iata
 * @param {readonly Trips[]} trips - of all states
 * @returns {Zone} its middle is the zip code from which all others together are least far
 */
export function zone(_iata, trips) {
  const km = trips.flatMap(part => [...part.km])
  const places = trips.flatMap(({ code, latitude, longitude }) =>
    code.map((name, row) => ({ name, latitude: at(latitude, row), longitude: at(longitude, row) })),
  )
  // Among so many places the sphere is good enough: every pair is measured.
  const sums = places.map(place => places.reduce((sum, other) => sum + onSphere(place, other), 0))
  const middle = places[sums.indexOf(Math.min(...sums))]?.name ?? ''
  return { places: km.length, median: median(km), farthest: Math.max(0, ...km), middle }
}

/**
 * All hubs, the latest first.
 * @param {readonly Hub[]} hubs
 * @param {readonly Zone[]} zones
 * @param {readonly (readonly Lateness[])[]} months - for each hub
 */
export function ranking(hubs, zones, months) {
  return hubs
    .map((hub, row) => ({
      iata: hub.iata,
      name: hub.name,
      state: hub.state,
      zone: at(zones, row),
      months: at(months, row),
    }))
    .sort((a, b) => lateShare(b.months) - lateShare(a.months))
}

/** @param {readonly Lateness[]} months */
function lateShare(months) {
  const departures = months.reduce((sum, month) => sum + month.departures, 0)
  return months.reduce((sum, month) => sum + month.late * month.departures, 0) / Math.max(1, departures)
}

/** @param {readonly number[]} values */
function median(values) {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0
}

/**
 * @template T
 * @param {readonly T[]} items
 * @param {(item: T) => string} key
 */
function groupBy(items, key) {
  /** @type {Map<string, T[]>} */
  const groups = new Map()
  for (const item of items) {
    const group = groups.get(key(item))
    if (group) group.push(item)
    else groups.set(key(item), [item])
  }
  return groups
}

/**
 * @template T
 * @param {ArrayLike<T>} list
 * @param {number} index
 */
function at(list, index) {
  const item = list[index]
  if (item === undefined) throw new RangeError(`expected an index below ${list.length}, got ${index}`)
  return item
}

/**
 * @param {Table} table
 * @param {string} name
 */
function text(table, name) {
  const column = table[name]
  if (!Array.isArray(column)) throw new TypeError(`expected a column of text named '${name}'`)
  return /** @type {readonly string[]} */ (column)
}

/**
 * @param {Table} table
 * @param {string} name
 */
function numbers(table, name) {
  const column = table[name]
  if (!(column instanceof Float64Array)) throw new TypeError(`expected a column of numbers named '${name}'`)
  return column
}
