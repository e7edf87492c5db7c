// Real data, as programs hold it: rows, columns, and a nested tree.
import { readFileSync } from 'node:fs'

const folder = new URL('../data/', import.meta.resolve('vega-datasets'))
const read = name => readFileSync(new URL(name, folder), 'utf8')

/** @returns {readonly { title: string, value: unknown }[]} */
export function corpora() {
  const weather = read('weather.csv')
    .trim()
    .split('\n')
    .map(line => line.split(','))
  const [head, ...cells] = weather
  const columns = Object.fromEntries(
    head.map((name, column) => [
      name,
      cells.map(row => (Number.isNaN(Number(row[column])) ? row[column] : Number(row[column]))),
    ]),
  )
  return [
    { title: '3,201 films: rows of 16 fields', value: JSON.parse(read('movies.json')) },
    { title: '20,000 flights: rows of 5 fields', value: JSON.parse(read('flights-20k.json')) },
    { title: 'a map of the world (TopoJSON): nested arrays', value: JSON.parse(read('world-110m.json')) },
    { title: '2,922 days of weather: 7 columns', value: columns },
  ]
}
