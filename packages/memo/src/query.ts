/** Queries for the calls of one function, by position or by the names that it declares. */
import { ANY, type CallRecord, type CallTemplate, exact, isRef, type Query } from '@riposte/core'
import { type Engine, viewQuery } from '@riposte/core/engine'
import type { Definition } from './definition.ts'
import { viewByName } from './named-record.ts'
import type { Parameters } from './parameters.ts'
import { shown } from './shown.ts'
import { storable } from './stand-in.ts'

export type ArgumentTemplate = readonly unknown[] | { readonly [name: string]: unknown }

/** Patterns of a result and of metadata. */
export type Where = Pick<CallTemplate, 'result' | 'metadata'>

type Check = (record: CallRecord) => boolean

/** The recorded calls of a function and its version. */
export function queryCalls(
  { identity, options, parameters }: Definition,
  engine: Engine,
  template: ArgumentTemplate | undefined,
  where: Where,
): Query<CallRecord<object>> {
  if (template !== undefined) checkTemplate(template)
  if (options.key !== undefined) {
    return viewQuery(engine.query({ ...identity, ...where, ...(template && { args: template }) }), viewByName)
  }
  if (template === undefined) return engine.query({ ...identity, ...where })
  const { args, checks } = translate(parameters, engine, template)
  const query = engine.query({ ...identity, ...where, args })
  return checks.length === 0 ? query : query.filter(record => checks.every(holds => holds(record)))
}

/** Something else, such as an argument by itself, has no names or positions, and would ask for all calls, to evict perhaps. */
function checkTemplate(template: unknown): void {
  if (Array.isArray(template) || isPlain(template)) return
  throw new TypeError(
    `expected a template as an array by position, or an object by name; got ${shown(template)}; write query([…]) or query({ … })`,
  )
}

function isPlain(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

/** A template by position, and checks for what such a template cannot say. */
function translate(
  parameters: Parameters,
  engine: Engine,
  template: ArgumentTemplate,
): { readonly args: readonly unknown[]; readonly checks: readonly Check[] } {
  // Positions of declared parameters; a rest is none.
  const declared = parameters.restAt ?? parameters.names?.length ?? 0
  const args: unknown[] = []
  const checks: Check[] = []
  const put = (at: number, pattern: unknown): void => {
    refuseIgnored(parameters, at, pattern)
    // What may be left out of a record matches `ANY` when it is; a hole asks for nothing.
    if (pattern === ANY && at < declared) return
    if (pattern === undefined && at < declared) {
      // A trailing `undefined` is not recorded where parameters are declared.
      checks.push(record => record.args.length <= at || digestOf(engine, record.args[at]) === engine.digest(undefined))
    } else args[at] = typeof pattern === 'function' ? exact(storable(pattern)) : pattern
  }

  if (isArray(template)) template.forEach((pattern, at) => put(at, pattern))
  else {
    for (const [name, pattern] of Object.entries(template)) {
      const at = parameters.names?.indexOf(name) ?? -1
      if (at < 0) {
        throw new TypeError(
          `expected a template with names among ${shownNames(parameters)}; got ${JSON.stringify(name)}${hintFor(name)}`,
        )
      }
      if (at !== parameters.restAt) put(at, pattern)
      else {
        refuseIgnored(parameters, at, pattern)
        checks.push(...restChecks(engine, at, pattern))
      }
    }
  }
  return { args, checks }
}

/** Nothing but `undefined` stands on record where a parameter is ignored: to ask for more would find nothing, ever. */
function refuseIgnored({ ignores, names, signalAt }: Parameters, at: number, pattern: unknown): void {
  if (pattern === ANY || pattern === undefined || !ignores(at)) return
  const name = names?.[at] ?? `[${at}]`
  const why = at === signalAt ? 'takes the signal' : 'is ignored'
  throw new TypeError(`expected a template without ${name}, which ${why} and is not recorded; got ${shown(pattern)}`)
}

/** Where a name belongs that is no parameter's. */
function hintFor(name: string): string {
  return name === 'metadata' || name === 'result'
    ? `; ${name} goes into the second argument: query({}, { ${name} })`
    : ''
}

/** A rest is recorded argument by argument, and matched whole. */
function restChecks(engine: Engine, from: number, pattern: unknown): readonly Check[] {
  if (pattern === ANY) return []
  const rest = typeof pattern === 'object' && pattern !== null && 'exact' in pattern ? pattern.exact : pattern
  if (!Array.isArray(rest)) throw new TypeError(`expected ANY or an array for the rest parameter, got ${shown(rest)}`)
  const wanted = rest.map(value => engine.digest(value))
  return [
    ({ args }) =>
      Math.max(args.length - from, 0) === wanted.length &&
      wanted.every((digest, i) => digestOf(engine, args[from + i]) === digest),
  ]
}

function digestOf(engine: Engine, argument: unknown): string {
  return isRef(argument) ? argument.digest : engine.digest(argument)
}

function isArray(template: ArgumentTemplate): template is readonly unknown[] {
  return Array.isArray(template)
}

function shownNames({ names }: Parameters): string {
  return names === undefined ? 'params, of which there are none' : names.join(', ')
}
