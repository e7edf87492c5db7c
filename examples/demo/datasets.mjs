// The files of the package vega-datasets: their content, and their rows as columns.
import { readFileSync } from 'node:fs'
import { digest } from '@riposte/core'
import { parse } from 'csv-parse/sync'

/**
 * A file as an argument: what it is called, and what is in it.
 * @typedef {{ readonly name: string, readonly content: import('@riposte/core').Digest }} DataFile
 */

/**
 * A column of numbers is hashed, stored and loaded as one block of bytes.
 * @typedef {{ readonly [column: string]: readonly string[] | Float64Array }} Table
 */

const folder = new URL('../data/', import.meta.resolve('vega-datasets'))
const numeric = new Set(['latitude', 'longitude', 'count', 'delay', 'distance'])

/**
 * Reads and hashes a file: a thing of milliseconds, where parsing it takes much longer.
 * @param {string} name
 * @returns {DataFile}
 */
export function dataFile(name) {
  return { name, content: digest(readFileSync(new URL(name, folder))) }
}

/**
 * @param {DataFile} file
 * @returns {Table}
 */
export function parseTable({ name }) {
  const text = readFileSync(new URL(name, folder), 'utf8')
  /** @type {readonly Record<string, string | number>[]} */
  const rows = name.endsWith('.csv') ? parse(text, { columns: true }) : JSON.parse(text)
  const columns = Object.keys(rows[0] ?? {}).map(column => {
    const cells = rows.map(row => row[column])
    return [column, numeric.has(column) ? Float64Array.from(cells, Number) : cells.map(String)]
  })
  return Object.fromEntries(columns)
}
