import { emitWarning } from '../inside/warnings.ts'
import { listener } from '../listener.ts'
import { checkOptionNames } from '../option-names.ts'
import type { Store } from '../ports/store.ts'
import { defaultRegistry, type Registry } from '../registry/registry.ts'
import { shownValue } from '../shown-value.ts'
import { checkNoted, type Noted } from './noted.ts'
import type { CacheOptions, CacheWarning } from './types.ts'

/** Options of a cache with nothing left out. */
export interface FullOptions {
  readonly inlineBelow: number
  readonly hot: { readonly entries: number; readonly bytes: number } | undefined
  readonly hotFor: number
  readonly duplicates: 'refuse' | 'warn'
  readonly registry: Registry
  readonly onWarning: (warning: CacheWarning) => void
  readonly noted: Noted
}

const NAMES = ['inlineBelow', 'hot', 'hotFor', 'duplicates', 'registry', 'onWarning', 'tags', 'collect']

/** @throws {TypeError | RangeError} that says what was expected and what came */
export function readOptions(options: CacheOptions): FullOptions {
  checkOptionNames(options, NAMES)
  const { inlineBelow = 4096, hot = {}, hotFor = 5000, duplicates = 'refuse' } = options
  const { registry = defaultRegistry, onWarning = emitWarning } = options
  checkNumber('inlineBelow', inlineBelow)
  checkNumber('hotFor', hotFor)
  if (hot !== false && (typeof hot !== 'object' || hot === null)) {
    throw new TypeError(`expected hot as { entries, bytes } or false; got ${shownValue(hot)}`)
  }
  if (hot !== false) checkOptionNames(hot, ['entries', 'bytes'])
  const { entries = 10_000, bytes = 64 * 2 ** 20 } = hot === false ? {} : hot
  checkNumber('hot.entries', entries)
  checkNumber('hot.bytes', bytes)
  if (duplicates !== 'refuse' && duplicates !== 'warn') {
    throw new TypeError(`expected duplicates as 'refuse' or 'warn'; got ${shownValue(duplicates)}`)
  }
  if (typeof registry?.register !== 'function') throw new TypeError('expected registry as made by createRegistry()')
  if (typeof onWarning !== 'function')
    throw new TypeError(`expected onWarning as a function; got ${shownValue(onWarning)}`)
  const hotBounds = hot === false ? undefined : { entries, bytes }
  return {
    inlineBelow,
    hot: hotBounds,
    hotFor,
    duplicates,
    registry,
    onWarning: listener(onWarning),
    noted: checkNoted(options),
  }
}

/** @throws {TypeError} when `store` is none */
export function checkStore(store: Store): void {
  // Whatever came is looked at member by member.
  const { values, calls, commit, close } = (store ?? {}) as Partial<Store>
  const whole =
    values !== undefined && calls !== undefined && typeof commit === 'function' && typeof close === 'function'
  if (!whole)
    throw new TypeError(
      'expected a store, such as memoryStore(), fsStore(folder) or sqliteStore(file); a path or a backend alone is none',
    )
}

function checkNumber(name: string, value: number): void {
  if (typeof value !== 'number') throw new TypeError(`expected ${name} as a number; got ${shownValue(value)}`)
  if (!(value >= 0)) throw new RangeError(`expected ${name} from 0 up; got ${value}`)
}
