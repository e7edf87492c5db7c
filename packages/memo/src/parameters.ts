/** From what was passed to what the body gets and what is keyed. Pure. */
import { type Digest, digest } from '@riposte/core'
import { answeredAtOnce } from './at-once-option.ts'
import { shown } from './shown.ts'

/** What is keyed of a call. */
export interface Keyed {
  readonly values: readonly unknown[]
  readonly names: readonly string[] | undefined
  /** What sets it apart from calls whose values are the same and mean something else. */
  readonly conditions: readonly Digest[]
}

export interface Parameters {
  /** What the body gets of what was passed. */
  bind(passed: readonly unknown[]): readonly unknown[]
  /** The values that are keyed of what the body gets, where no `key` says others. */
  values(bound: readonly unknown[]): readonly unknown[]
  /** What is keyed of what the body gets. */
  key(bound: readonly unknown[]): Keyed
  /** Which parameter that must be passed was not; `undefined` where all were. */
  missing(bound: readonly unknown[]): string | undefined
  /** What the body gets in place of `bound`, when it gets this signal. */
  withSignal(bound: readonly unknown[], signal: AbortSignal): readonly unknown[]
  /** Whether what is passed at a position is left out of what is keyed. */
  ignores(position: number): boolean
  /** Position of the parameter that takes an `AbortSignal`. */
  readonly signalAt: number | undefined
  /** Declared names, a rest's without its dots. */
  readonly names: readonly string[] | undefined
  /** Position of the rest parameter, where one is declared. */
  readonly restAt: number | undefined
}

export interface ParameterOptions {
  /** How many parameters the function has before the first that has a default or takes the rest. */
  readonly length: number
  readonly params?: readonly string[] | undefined
  readonly ignore?: readonly (number | string)[] | undefined
  readonly require?: readonly (number | string)[] | undefined
  readonly signal?: number | string | undefined
  readonly key?: ((...args: readonly unknown[]) => unknown) | undefined
}

const DOTS = '...'
const NO_CONDITIONS: readonly Digest[] = []

/** @throws {TypeError} when names or positions do not fit together, or not the function */
export function createParameters(options: ParameterOptions): Parameters {
  const { length, params, ignore = [], require = [], signal, key } = options
  const restAt = checkNames(params)
  const names = params?.map(name => (name.startsWith(DOTS) ? name.slice(DOTS.length) : name))
  if (key !== undefined && ignore.length > 0) {
    throw new TypeError('expected either ignore or key, got both; leave out of what key returns what is to be ignored')
  }
  const signalAt = signal === undefined ? undefined : positionOf('signal', signal, params)
  if (signalAt !== undefined && signalAt === restAt) {
    throw new TypeError(`expected signal to name a parameter of its own, got the rest ${JSON.stringify(signal)}`)
  }
  const ignored = new Set(ignore.map(parameter => positionOf('ignore', parameter, params)))
  if (signalAt !== undefined) ignored.add(signalAt)
  const required = require.map(parameter => positionOf('require', parameter, params))
  if (params !== undefined && restAt === undefined && length > params.length) {
    throw new TypeError(
      `expected params to name all parameters of the function, which has ${length}; got ${params.length}: ` +
        `${JSON.stringify(params)}; what is not named would not reach it`,
    )
  }
  const labels = names && labelled(names)
  const values: Parameters['values'] =
    ignored.size === 0 ? bound => bound : bound => without(bound, ignored, { trim: params !== undefined, restAt })

  function missing(bound: readonly unknown[]): string | undefined {
    const at = required.find(position =>
      // An `undefined` among what a rest takes is data.
      position === restAt ? bound.length <= position : bound[position] === undefined,
    )
    return at === undefined ? undefined : (names?.[at] ?? `[${at}]`)
  }

  return {
    names,
    restAt,
    signalAt,
    missing: required.length === 0 ? () => undefined : missing,
    withSignal: (bound, own) => {
      if (signalAt === undefined) return bound
      // `Array.from` fills what was left out before the signal.
      const args = Array.from({ length: Math.max(bound.length, signalAt + 1) }, (_, at) => bound[at])
      args[signalAt] = own
      return args
    },
    bind: params === undefined ? passed => passed : passed => fit(passed, params.length, restAt),
    values,
    ignores: position => ignored.has(restAt === undefined ? position : Math.min(position, restAt)),
    key: bound => {
      if (key !== undefined) return keyedBy(key(...bound))
      const keyed = values(bound)
      return { values: keyed, names: labels?.(keyed.length), conditions: NO_CONDITIONS }
    },
  }
}

/** Returns the position of the rest parameter. */
function checkNames(params: readonly string[] | undefined): number | undefined {
  if (params === undefined) return undefined
  const last = params.length - 1
  const plain = params.map((name, at) => {
    const rest = name.startsWith(DOTS)
    if (rest && at !== last) {
      throw new TypeError(`expected the rest parameter to be the last of params, got ${JSON.stringify(params)}`)
    }
    return rest ? name.slice(DOTS.length) : name
  })
  if (plain.includes('') || new Set(plain).size < plain.length) {
    throw new TypeError(`expected params to be different, non-empty names, got ${JSON.stringify(params)}`)
  }
  return params[last]?.startsWith(DOTS) ? last : undefined
}

function positionOf(option: string, parameter: number | string, params: readonly string[] | undefined): number {
  const at = typeof parameter === 'string' ? (params ?? []).indexOf(parameter) : parameter
  if (Number.isSafeInteger(at) && at >= 0 && at < (params?.length ?? Number.POSITIVE_INFINITY)) return at
  const known = params === undefined ? 'a position from 0, or a name declared in params' : `one of ${params.join(', ')}`
  const remedy =
    params === undefined && typeof parameter === 'string'
      ? `; name all parameters, as in { params: [${JSON.stringify(parameter)}, …] }, or give its position`
      : ''
  throw new TypeError(`expected ${option} to name parameters: ${known}; got ${JSON.stringify(parameter)}${remedy}`)
}

/** Without surplus arguments and trailing `undefined`. What a rest parameter takes is data, and never trimmed. */
function fit(passed: readonly unknown[], count: number, restAt: number | undefined): readonly unknown[] {
  if (restAt !== undefined && passed.length > restAt) return passed
  return trimmed(passed, Math.min(passed.length, count))
}

function trimmed(values: readonly unknown[], length: number): readonly unknown[] {
  let end = length
  while (end > 0 && values[end - 1] === undefined) end -= 1
  return end === values.length ? values : values.slice(0, end)
}

/**
 * Ignored arguments at the end are left out, others leave their place empty, so that positions stay those of the
 * parameters. The place of a declared rest stands for all that it takes.
 */
function without(
  bound: readonly unknown[],
  ignored: ReadonlySet<number>,
  { trim, restAt = Number.POSITIVE_INFINITY }: { readonly trim: boolean; readonly restAt: number | undefined },
): readonly unknown[] {
  let end = ignored.has(restAt) ? Math.min(bound.length, restAt) : bound.length
  // An ignored argument must not leave an `undefined` before it that would be trimmed without it.
  const trimUndefined = trim && end <= restAt
  while (end > 0 && (ignored.has(end - 1) || (trimUndefined && bound[end - 1] === undefined))) end -= 1
  return bound.slice(0, end).map((value, at) => (ignored.has(at) ? undefined : value))
}

/** A name for each value: those that a rest takes have its name each. */
function labelled(names: readonly string[]): (count: number) => readonly string[] {
  const byCount = Array.from({ length: names.length + 1 }, (_, count) => names.slice(0, count))
  return count => byCount[count] ?? Array.from({ length: count }, (_, at) => names[at] ?? names.at(-1) ?? '')
}

function keyedBy(returned: unknown): Keyed {
  const key = answeredAtOnce('key', 'an array or a plain object', returned, 'await before the call')
  if (Array.isArray(key)) return { values: key, names: undefined, conditions: NO_CONDITIONS }
  if (!isRecord(key)) {
    const remedy = typeof key === 'object' && key !== null ? '' : '; wrap it in [ ], or name it in an object'
    throw new TypeError(
      `expected key to return an array or a plain object without symbol keys, got ${shown(key)}${remedy}`,
    )
  }
  // Sorted, so that it does not matter in what order the properties were written.
  const names = Object.keys(key).sort()
  // The names of a call are no part of its key by themselves: `{ a: 1 }` and `{ b: 1 }` hold the same values.
  return { values: names.map(name => key[name]), names, conditions: [digest({ key: names })] }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Object.getOwnPropertySymbols(value).length > 0) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}
