/** The checks at the door: what is wrong with options is said when a function is memoized, not when it is called. */
import { digestOf, isDigest } from '@riposte/core'
import type { AnyFunction } from './types/functions.ts'
import type { MemoDefaults, MemoizeOptions } from './types/options.ts'

/** Options after the checks, for a function of any type. */
export type CheckedOptions = MemoizeOptions<AnyFunction, readonly string[], object, unknown> &
  Pick<MemoDefaults, 'fallback'>

interface Rule {
  readonly expected: string
  accepts(value: unknown): boolean
}

const aFunction: Rule = { expected: 'a function', accepts: value => typeof value === 'function' }
const aString: Rule = { expected: 'a string', accepts: value => typeof value === 'string' }
const aBoolean: Rule = { expected: 'true or false', accepts: value => typeof value === 'boolean' }
const anArray: Rule = { expected: 'an array', accepts: value => Array.isArray(value) }
const oneOf = (...values: readonly unknown[]): Rule => ({
  expected: values.map(value => JSON.stringify(value)).join(' or '),
  accepts: value => values.includes(value),
})

const RULES: { readonly [K in keyof Required<CheckedOptions>]: Rule } = {
  cache: {
    expected: 'a cache made by createCache, or a function that returns one',
    accepts: value => typeof value === 'function' || (typeof value === 'object' && value !== null && 'store' in value),
  },
  fallback: aFunction,
  namespace: aString,
  name: {
    expected: 'a non-empty string (it is not taken from the function, which a minifier may rename)',
    accepts: value => typeof value === 'string' && value !== '',
  },
  version: {
    expected: 'a string or a finite number',
    accepts: value => typeof value === 'string' || Number.isFinite(value),
  },
  params: {
    expected: 'an array of names',
    accepts: value => Array.isArray(value) && value.every(name => typeof name === 'string'),
  },
  ignore: {
    expected: 'an array of names or positions',
    accepts: value => Array.isArray(value) && value.every(part => typeof part === 'string' || typeof part === 'number'),
  },
  key: aFunction,
  tags: {
    expected: 'an object of strings, numbers and booleans',
    accepts: value =>
      typeof value === 'object' &&
      value !== null &&
      Object.values(value).every(tag => ['string', 'number', 'boolean'].includes(typeof tag)),
  },
  metadata: aFunction,
  cacheIf: aFunction,
  concurrency: {
    expected: 'a whole number from 1, or Infinity',
    accepts: value => value === Number.POSITIVE_INFINITY || (Number.isSafeInteger(value) && Number(value) >= 1),
  },
  env: anArray,
  deps: {
    expected: 'an array of digests and memoized functions',
    accepts: value =>
      Array.isArray(value) && value.every(dep => isDigest(dep) || typeof Object(dep)[digestOf] === 'function'),
  },
  results: oneOf('fresh', 'frozen'),
  strict: aBoolean,
  storeArguments: aBoolean,
  onStoreError: oneOf('warn', 'throw'),
}

const DEFAULTS = [
  'cache',
  'fallback',
  'namespace',
  'version',
  'tags',
  'results',
  'strict',
  'storeArguments',
  'onStoreError',
]
const OPTIONS = Object.keys(RULES).filter(name => name !== 'fallback')

/**
 * Options that are known to be of their types, with the defaults of a memoizer: what is given to the function wins,
 * tags are united. An option that is `undefined` counts as not given.
 *
 * @throws {TypeError | RangeError} naming the option, what was expected and what came
 */
export function checkOptions(fn: unknown, options: unknown, defaults: MemoDefaults): CheckedOptions {
  if (typeof fn !== 'function') throw new TypeError(`expected a function to memoize, got ${show(fn)}`)
  const given = check(options, OPTIONS)
  if (!('name' in given)) throw new TypeError(`expected the option name to be ${RULES.name.expected}; got none`)
  // Every rule held, and a name is there.
  const own = given as CheckedOptions
  return { ...defaults, ...own, tags: { ...defaults.tags, ...own.tags } }
}

/** @throws {TypeError} naming the option, what was expected and what came */
export function checkDefaults(defaults: unknown): MemoDefaults {
  return check(defaults, DEFAULTS)
}

function check(options: unknown, known: readonly string[]): object {
  if (typeof options !== 'object' || options === null)
    throw new TypeError(`expected options, an object, got ${show(options)}`)
  const given = dropUndefined(options)
  for (const [name, value] of Object.entries(given)) {
    if (!known.includes(name)) {
      throw new TypeError(`expected options among ${known.join(', ')}; got ${JSON.stringify(name)}`)
    }
    // It is one of the known names, which are those of the rules.
    const rule = RULES[name as keyof typeof RULES]
    if (rule.accepts(value)) continue
    const Kind = name === 'concurrency' && typeof value === 'number' ? RangeError : TypeError
    throw new Kind(`expected the option ${name} to be ${rule.expected}; got ${show(value)}`)
  }
  return given
}

function dropUndefined(options: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
}

function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  return typeof value === 'object' && value !== null ? Object.prototype.toString.call(value) : String(value)
}
