// Measurements as Markdown, which reads well on a terminal too.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { cpus, totalmem } from 'node:os'

/**
 * One table. Ratios are to the first measurement: above 1, it takes longer than that.
 * @param {string} title
 * @param {readonly import('./harness.mjs').Measurement[]} measurements
 */
export function table(title, measurements) {
  const [first] = measurements
  const rows = measurements.map(({ name, median, least, most }) => [
    name,
    duration(median),
    `${duration(least)} to ${duration(most)}`,
    (median / first.median).toPrecision(3),
  ])
  return section(title, ['', 'median', 'range', 'ratio'], rows)
}

/** A table under a title; see `markdown`. */
export function section(title, head, rows) {
  return `### ${title}\n\n${markdown(head, rows)}\n`
}

/**
 * @param {readonly string[]} head - the first column holds text, the others numbers
 * @param {readonly (readonly string[])[]} rows
 */
export function markdown(head, rows) {
  const widths = head.map((title, column) => Math.max(3, title.length, ...rows.map(row => row[column].length)))
  const line = cells =>
    `| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join(' | ')} |`
  const rule = widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`))
  return [line(head), line(rule), ...rows.map(line)].join('\n')
}

/** The machine and the versions: a figure without them says nothing. */
export function circumstances(packages) {
  const [cpu] = cpus()
  const gib = Math.round(totalmem() / 2 ** 30)
  const versions = packages.map(name => `${name} ${versionOf(name)}`)
  const machine = `${process.platform} ${process.arch}, ${cpus().length} × ${cpu?.model.trim()}, ${gib} GiB`
  return `${[machine, `Node ${process.version}`, ...versions].join(', ')}. Measured on ${new Date().toISOString().slice(0, 10)}.`
}

function versionOf(name) {
  const require = createRequire(import.meta.url)
  const folder = require.resolve.paths(name).map(path => `${path}/${name}/package.json`)
  for (const file of folder) {
    try {
      return JSON.parse(readFileSync(file, 'utf8')).version
    } catch (error) {
      if (error.code !== 'ENOENT') throw error
    }
  }
  throw new Error(`${name} is not installed`)
}

export function duration(nanoseconds) {
  if (nanoseconds < 1e3) return `${nanoseconds.toPrecision(3)} ns`
  if (nanoseconds < 1e6) return `${(nanoseconds / 1e3).toPrecision(3)} µs`
  if (nanoseconds < 1e9) return `${(nanoseconds / 1e6).toPrecision(3)} ms`
  return `${(nanoseconds / 1e9).toPrecision(3)} s`
}
