import { shownValue } from '../shown-value.ts'
/** Bounds on what a store holds; each may be left out. */
export interface BoundOptions {
  /** Most bytes of all entries, call records and values together. */
  readonly bytes?: number
  /** Most entries, call records and values together; a call takes two at least: its record and its result. */
  readonly items?: number
  /** Milliseconds after which a record, or a value that no record needs, goes if it was neither written nor touched. */
  readonly age?: number
}

/** Bounds with nothing left out: what is not bounded is so by infinity. */
export type Bounds = Readonly<Record<'bytes' | 'items' | 'age', number>>

/** @throws {TypeError | RangeError} when there is no bound, or one is not what it must be */
export function readBounds({ bytes, items, age }: BoundOptions): Bounds {
  const given = Object.entries({ bytes, items, age }).filter(([, bound]) => bound !== undefined)
  if (given.length === 0) throw new TypeError('expected a bound: bytes, items or age')
  for (const [name, bound] of given) {
    if (typeof bound !== 'number') throw new TypeError(`expected ${name} as a number; got ${shownValue(bound)}`)
    if (!(bound >= 0)) throw new RangeError(`expected ${name} from 0 up; got ${bound}`)
  }
  return { bytes: bytes ?? Infinity, items: items ?? Infinity, age: age ?? Infinity }
}
