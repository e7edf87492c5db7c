/** Checks of single values in a configuration. Each throws a `TypeError` with the place. */
import { knownNames } from './known-names.ts'
import { below, mismatch, mistake, type Place } from './place.ts'

export type Check = (value: unknown, place: Place) => void

/** What an object may hold. */
export type Fields = Readonly<Record<string, Check>>

export const flag: Check = (value, place) => {
  if (typeof value !== 'boolean') throw mismatch(place, 'true or false', value)
}

export const amount: Check = (value, place) => {
  if (typeof value !== 'number' || !(value >= 0)) throw mismatch(place, 'a number from 0 up', value)
}

export const path: Check = (value, place) => {
  // No system has a path with a NUL in it.
  if (typeof value !== 'string' || value === '' || value.includes('\0')) throw mismatch(place, 'a path', value)
}

export const functionOnly: Check = (value, place) => {
  if (typeof value !== 'function') throw mismatch(place, 'a function', value)
}

/** What it holds is checked where it is used. */
export const anArray: Check = (value, place) => {
  if (!Array.isArray(value)) throw mismatch(place, 'an array', value)
}

export function oneOf(...values: readonly string[]): Check {
  return (value, place) => {
    if (typeof value === 'string' && values.includes(value)) return
    throw mismatch(place, values.map(one => JSON.stringify(one)).join(' or '), value)
  }
}

/** An object with these fields, each of which may be left out. */
export function fields(known: Fields): Check {
  return (value, place) => {
    const given = objectAt(value, place)
    for (const [name, field] of Object.entries(given)) {
      const at = below(place, name)
      if (!Object.hasOwn(known, name)) {
        throw mistake(at, `there is no such setting here; ${knownNames(Object.keys(known), name)}`)
      }
      // As elsewhere in TypeScript and JSON, what is undefined is left out.
      if (field !== undefined) known[name]!(field, at)
    }
  }
}

/** @throws {TypeError} when `value` is no object with names and values */
export function objectAt(value: unknown, place: Place): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Promise) {
    throw mismatch(place, 'an object', value)
  }
  // It is an object that is none of the others, so it has properties of any kind.
  return value as Readonly<Record<string, unknown>>
}
