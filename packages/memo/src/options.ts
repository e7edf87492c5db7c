/** The checks at the door: what is wrong with options is said when a function is memoized, not when it is called. */
import { checkOptionNames, digestOf, isDigest } from '@riposte/core'
import { COLLECTABLE, isCollectable, isTag } from '@riposte/core/engine'
import { shown } from './shown.ts'
import type { AnyFunction } from './types/functions.ts'
import type { ContextOf, MemoDefaults, MemoizeOptions } from './types/options.ts'

/** Options of a function of any type. */
type AnyOptions = MemoizeOptions<AnyFunction, readonly string[], object, unknown> &
  Pick<MemoDefaults, 'fallback'> & { readonly context?: ContextOf<AnyFunction> }

/** Says something of a computed call, as metadata. */
export type Describe = (call: { readonly args: readonly unknown[]; readonly result: unknown }) => unknown

/** Options after the checks. */
export type CheckedOptions = Omit<AnyOptions, 'metadata'> & {
  /** The option `metadata` of a memoizer and of the function, where there are any. */
  readonly metadata: readonly Describe[]
}

interface Rule {
  readonly expected: string
  accepts(value: unknown): boolean
  /** Of a value that holds others: whether one of them is right. */
  readonly part?: (value: unknown, name: string) => boolean
}

/** An array or object whose parts are right. */
function whole(expected: string, accepts: (value: unknown) => boolean, part: NonNullable<Rule['part']>): Rule {
  return {
    expected,
    accepts: value => accepts(value) && Object.entries(Object(value)).every(([name, inner]) => part(inner, name)),
    part,
  }
}

const arrayOf = (expected: string, part: (value: unknown) => boolean): Rule => whole(expected, Array.isArray, part)

const aFunction: Rule = { expected: 'a function', accepts: value => typeof value === 'function' }
const aString: Rule = { expected: 'a string', accepts: value => typeof value === 'string' }
const aBoolean: Rule = { expected: 'true or false', accepts: value => typeof value === 'boolean' }
const anArray: Rule = { expected: 'an array', accepts: value => Array.isArray(value) }
const someParameters: Rule = arrayOf('an array of names or positions', isParameter)
const milliseconds: Rule = { expected: 'milliseconds from 0 up', accepts: isDuration }
const oneOf = (...values: readonly unknown[]): Rule => ({
  expected: values.map(value => JSON.stringify(value)).join(' or '),
  accepts: value => values.includes(value),
})

const ERROR_POLICY: Rule = whole('{ maxAge, if }', isObject, isErrorPolicyPart)

const RULES: { readonly [K in keyof Required<AnyOptions>]: Rule } = {
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
  params: arrayOf('an array of names', name => typeof name === 'string'),
  ignore: someParameters,
  require: someParameters,
  signal: { expected: 'the name or position of a parameter', accepts: isParameter },
  key: aFunction,
  tags: whole('an object of strings, numbers and booleans', isObject, isTag),
  metadata: aFunction,
  // Whether it is one of them is what is asked.
  collect: arrayOf(`an array of ${COLLECTABLE.join(', ')}`, isCollectable),
  cacheIf: aFunction,
  maxAge: {
    expected: 'milliseconds from 0 up, or a function that returns them',
    accepts: value => typeof value === 'function' || isDuration(value),
  },
  staleWhileRevalidate: milliseconds,
  cacheErrors: {
    expected: 'true, false or { maxAge, if }, of milliseconds from 0 up and a function',
    accepts: value => typeof value === 'boolean' || ERROR_POLICY.accepts(value),
    part: isErrorPolicyPart,
  },
  concurrency: {
    expected: 'a whole number from 1, or Infinity',
    accepts: value => value === Number.POSITIVE_INFINITY || (Number.isSafeInteger(value) && Number(value) >= 1),
  },
  env: anArray,
  deps: arrayOf(
    'an array of digests and memoized functions',
    dep => isDigest(dep) || typeof Object(dep)[digestOf] === 'function',
  ),
  code: oneOf('warn', 'body', 'ignore'),
  context: {
    expected: "'ignore', or a function that says what of the receiver belongs to the key",
    accepts: value => value === 'ignore' || typeof value === 'function',
  },
  results: oneOf('fresh', 'frozen'),
  lease: aBoolean,
  strict: aBoolean,
  storeArguments: aBoolean,
  onStoreError: oneOf('warn', 'throw'),
}

/** What other libraries call these options. */
const NAMES_ELSEWHERE: ReadonlyMap<string, string> = /* @__PURE__ */ new Map([
  ['ttl', 'maxAge'],
  ['expires', 'maxAge'],
  ['cacheKey', 'key'],
  ['keyGenerator', 'key'],
  ['resolver', 'key'],
  ['store', 'cache'],
  ['storage', 'cache'],
  ['swr', 'staleWhileRevalidate'],
  ['dependencies', 'deps'],
])

const NUMBERS = ['concurrency', 'maxAge', 'staleWhileRevalidate']
const DEFAULTS = [
  'cache',
  'fallback',
  'namespace',
  'version',
  'tags',
  'metadata',
  'cacheIf',
  'maxAge',
  'staleWhileRevalidate',
  'cacheErrors',
  'concurrency',
  'collect',
  'code',
  'results',
  'lease',
  'strict',
  'storeArguments',
  'onStoreError',
]
const METHOD_OPTIONS = Object.keys(RULES).filter(name => name !== 'fallback')
const OPTIONS = METHOD_OPTIONS.filter(name => name !== 'context')

/**
 * Options that are known to be of their types, with the defaults of a memoizer: what is given to the function wins,
 * tags are united, and so is metadata. An option that is `undefined` counts as not given.
 *
 * @throws {TypeError | RangeError} naming the option, what was expected and what came
 */
export function checkOptions(
  fn: unknown,
  options: unknown,
  defaults: MemoDefaults,
  kind: { readonly method: boolean },
): CheckedOptions {
  if (typeof fn !== 'function') throw new TypeError(`expected a function to memoize, got ${shown(fn)}`)
  const how = kind.method ? "memoizeMethod(fn, { name: 'ask', context: 'ignore' })" : "memoize(fn, { name: 'ask' })"
  const given = check(options, kind.method ? METHOD_OPTIONS : OPTIONS, how)
  for (const name of kind.method ? (['name', 'context'] as const) : (['name'] as const)) {
    if (!(name in given)) throw new TypeError(`expected the option ${name} to be ${RULES[name].expected}; got none`)
  }
  // Every rule held, and a name is there.
  const own = given as AnyOptions
  // It gets the arguments and results of the function that it was typed with.
  const metadata = [defaults.metadata, own.metadata as Describe | undefined].filter(describe => describe !== undefined)
  return { ...defaults, ...own, metadata, tags: { ...defaults.tags, ...own.tags } }
}

/** @throws {TypeError} naming the option, what was expected and what came */
export function checkDefaults(defaults: unknown): MemoDefaults {
  return check(defaults, DEFAULTS, "memoizer({ namespace: 'llm' })")
}

/** @param how - what is written where options are given */
function check(options: unknown, known: readonly string[], how: string): object {
  if (typeof options !== 'object' || options === null)
    throw new TypeError(`expected options, an object, got ${shown(options)}; write ${how}`)
  const given = dropUndefined(options)
  refuseForeignNames(given, known)
  checkOptionNames(given, known)
  for (const [name, value] of Object.entries(given)) {
    // It is one of the known names, which are those of the rules.
    const rule = RULES[name as keyof typeof RULES]
    if (rule.accepts(value)) continue
    const Kind = NUMBERS.includes(name) && typeof value === 'number' ? RangeError : TypeError
    throw new Kind(`expected the option ${name} to be ${rule.expected}; got ${shownWrong(rule, name, value)}`)
  }
  return given
}

function refuseForeignNames(given: object, known: readonly string[]): void {
  for (const name of Object.keys(given)) {
    const here = NAMES_ELSEWHERE.get(name)
    if (here === undefined || !known.includes(here)) continue
    throw new TypeError(`there is no option ${JSON.stringify(name)}; did you mean ${here}?`)
  }
}

function isParameter(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number'
}

function isDuration(value: unknown): boolean {
  return typeof value === 'number' && value >= 0
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isErrorPolicyPart(value: unknown, name: string): boolean {
  if (value === undefined) return true
  return name === 'maxAge' ? isDuration(value) : name === 'if' && typeof value === 'function'
}

function dropUndefined(options: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
}

/** What came; of what holds others, the first that is wrong. */
function shownWrong({ part }: Rule, option: string, value: unknown): string {
  if (option === 'cache' && isStore(value)) return 'a store; wrap it: createCache(store)'
  const wrong =
    part !== undefined && (isObject(value) || Array.isArray(value))
      ? Object.entries(Object(value)).find(([name, inner]) => !part(inner, name))
      : undefined
  if (wrong === undefined) return shown(value)
  return `${shown(wrong[1])} at ${option}${Array.isArray(value) ? `[${wrong[0]}]` : `.${wrong[0]}`}`
}

function isStore(value: unknown): boolean {
  return isObject(value) && typeof Object(value).commit === 'function' && 'calls' in Object(value)
}
