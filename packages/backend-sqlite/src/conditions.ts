/** From conditions on calls to SQL. Everything that comes from a user is bound, never part of a text. */
import type { CallCondition } from '@riposte/core'
import type { Fragment, SqliteValue } from './database.ts'
import { blobOfKey } from './keys.ts'
import { scalarCondition } from './scalars.ts'
import { storedOptional } from './terms.ts'
import { storedText } from './text.ts'

/** Conditions, ready to be used in any of the ways to find calls. */
export interface Compiled {
  /** Selects the ids of the functions whose calls are asked for; `undefined` where any will do. */
  readonly functions: Fragment | undefined
  /** Each selects, by an index, the ids of the calls that fulfil one condition; the last, if `functions` is there, those of these functions. */
  readonly drivers: readonly Fragment[]
  /** Whether the call `c` (a row with its `id`; with `function` and `result` where there are drivers) fulfils all conditions. */
  readonly filter: Fragment
}

type Of<F extends CallCondition['field']> = Extract<CallCondition, { readonly field: F }>

export function compile(where: readonly CallCondition[]): Compiled {
  const functions = functionsOf(where)
  const drivers = where.map(driverOf).filter(driver => driver !== undefined)
  const filters = where.map(filterOf).filter(filter => filter !== undefined)
  if (functions !== undefined) {
    drivers.push({
      text: `SELECT id FROM call_terms_v1 WHERE function IN (${functions.text})`,
      values: functions.values,
    })
    // The plus keeps the engine from finding the calls by this condition, where it is to find them by another.
    filters.push({ text: `+c.function IN (${functions.text})`, values: functions.values })
  }
  return { functions, drivers, filter: and(filters) }
}

function functionsOf(where: readonly CallCondition[]): Fragment | undefined {
  const conditions = where.flatMap(condition => {
    if (condition.field === 'name' || condition.field === 'namespace' || condition.field === 'version') {
      return [{ text: `${condition.field} = ?`, values: [storedOptional(condition.equals)] }]
    }
    return []
  })
  if (conditions.length === 0) return undefined
  const { text, values } = and(conditions)
  return { text: `SELECT id FROM functions_v1 WHERE ${text}`, values }
}

/** `undefined` where a condition on a function's calls, or no index, serves. */
function driverOf(condition: CallCondition): Fragment | undefined {
  switch (condition.field) {
    case 'result':
      return { text: 'SELECT id FROM call_terms_v1 WHERE result = ?', values: [blobOfKey(condition.equals)] }
    case 'argument': {
      if (condition.equals === undefined) return undefined
      const { text, values } = argumentOf(condition)
      return { text: `SELECT call FROM terms_v1 a WHERE ${text}`, values }
    }
    case 'metadata': {
      const { text, values } = metadataOf(condition)
      return { text: `SELECT call FROM terms_v1 m WHERE ${text}`, values }
    }
    default:
      return undefined
  }
}

function filterOf(condition: CallCondition): Fragment | undefined {
  switch (condition.field) {
    case 'result':
      return { text: '+c.result = ?', values: [blobOfKey(condition.equals)] }
    case 'argument': {
      const { text, values } = argumentOf(condition)
      return { text: `EXISTS (SELECT 1 FROM terms_v1 a WHERE a.call = c.id AND ${text})`, values }
    }
    case 'metadata': {
      const { text, values } = metadataOf(condition)
      return { text: `EXISTS (SELECT 1 FROM terms_v1 m WHERE m.call = c.id AND ${text})`, values }
    }
    default:
      return undefined
  }
}

// The conditions of the partial indices are repeated, or the engine would not use them.

function argumentOf({ at, path, equals }: Of<'argument'>): Fragment {
  const values: SqliteValue[] = [typeof at === 'number' ? at : storedText(at), storedText(path)]
  const text = `a.position >= 0 AND a.${typeof at === 'number' ? 'position' : 'name'} = ? AND a.path = ?`
  return equals === undefined
    ? { text, values }
    : { text: `${text} AND a.value = ?`, values: [...values, blobOfKey(equals)] }
}

/** The plus takes the type off an id: the column of paths has none, and is not searched for what has one. */
function metadataOf({ path, test }: Of<'metadata'>): Fragment {
  const name = storedText(path)
  if (test === undefined) {
    const paths = 'SELECT +id FROM paths_v1 WHERE path = ? UNION ALL SELECT +id FROM paths_v1 WHERE within = ?'
    return { text: `m.position < 0 AND m.path IN (${paths})`, values: [name, name] }
  }
  const present = { text: 'm.position < 0 AND m.path IN (SELECT +id FROM paths_v1 WHERE path = ?)', values: [name] }
  return and([present, scalarCondition('m.value', test)])
}

function and(fragments: readonly Fragment[]): Fragment {
  if (fragments.length === 0) return { text: 'TRUE', values: [] }
  return { text: fragments.map(({ text }) => text).join(' AND '), values: fragments.flatMap(({ values }) => values) }
}
