/** From conditions on calls to SQL, function by function. Everything that comes from a user is bound, never part of a text. */
import type { CallCondition } from '@riposte/core'
import { allOf, type Fragment, rowsOf, type Sql } from './database.ts'
import { blobOfKey } from './keys.ts'
import { holdsPart, partRanges } from './parts.ts'
import type { Range } from './range.ts'
import { OPAQUE_VALUE, scalarCondition } from './scalars.ts'
import { METADATA, storedOptional } from './terms.ts'
import { storedText } from './text.ts'

/** A function of which there are calls. */
export interface FunctionRow {
  readonly id: number
  readonly namespace: string | Uint8Array
  readonly name: string | Uint8Array
  /** A number where there is none. */
  readonly version: string | Uint8Array | number | bigint
}

/** A condition as it applies to the calls of one function. */
export interface Test {
  readonly condition: CallCondition
  /** Whether the call fulfils it whose id an expression gives. */
  readonly filter: (id: string) => Fragment
  /** What leads to exactly the calls that fulfil it; `undefined` where that is no gain. */
  readonly ranges: readonly Range[] | undefined
}

/** The functions whose calls may fulfil all conditions. */
export function functionsOf(sql: Sql, where: readonly CallCondition[]): readonly FunctionRow[] {
  const conditions = where.flatMap(condition => {
    if (condition.field !== 'name' && condition.field !== 'namespace' && condition.field !== 'version') return []
    return [{ text: `${condition.field} = ?`, values: [storedOptional(condition.equals)] }]
  })
  const { text, values } = allOf(conditions)
  const rows = rowsOf<FunctionRow>(sql, {
    text: `SELECT id, namespace, name, version FROM functions_v3 WHERE ${text}`,
    values,
  })
  return rows.map(row => ({ ...row, id: Number(row.id) }))
}

/** All calls of a function. */
export function callsOf(owner: number): Range {
  return {
    from: 'call_terms_v3 c',
    id: 'c.id',
    where: { text: 'c.function = ?', values: [owner] },
    keyed: true,
  }
}

/**
 * The conditions that are not on the function itself, as they apply to each function; those of which no call can fulfil
 * them are left out.
 */
export function testsFor(
  sql: Sql,
  where: readonly CallCondition[],
  functions: readonly FunctionRow[],
): ReadonlyMap<number, readonly Test[]> {
  const only = functions.length === 1 ? functions[0]?.id : undefined
  const tests = new Map(functions.map(({ id }): [number, Test[]] => [id, []]))
  for (const condition of where) {
    switch (condition.field) {
      case 'namespace':
      case 'name':
      case 'version':
        break
      case 'result':
        for (const [owner, list] of tests) list.push(resultTest(condition, owner))
        break
      case 'resultPart': {
        const test = partTest(sql, condition)
        for (const [owner, list] of tests) list.push(test(owner))
        break
      }
      default: {
        const slots = slotsOf(sql, condition, only)
        for (const [owner, list] of tests) {
          const ofFunction = slots.get(owner)
          if (ofFunction === undefined) tests.delete(owner)
          else list.push(termTest(condition, ofFunction))
        }
      }
    }
  }
  return tests
}

/** The slots of each function that hold a scalar of metadata. */
export function scalarSlots(sql: Sql, path: string, only: number | undefined): ReadonlyMap<number, readonly number[]> {
  const found = new Map<number, number[]>()
  for (const [owner, slots] of placesOf(sql, [atPath(path)], only))
    found.set(
      owner,
      slots.map(({ id }) => id),
    )
  return found
}

type Of<F extends CallCondition['field']> = Extract<CallCondition, { readonly field: F }>
type TermCondition = Of<'argument'> | Of<'metadata'> | Of<'opaque'>

function resultTest(condition: Of<'result'>, owner: number): Test {
  const blob = blobOfKey(condition.equals)
  return {
    condition,
    filter: id => ({ text: `(SELECT result FROM call_terms_v3 r WHERE r.id = ${id}) = ?`, values: [blob] }),
    ranges: [
      {
        from: 'call_terms_v3 c',
        id: 'c.id',
        where: { text: 'c.result = ? AND c.function = ?', values: [blob, owner] },
        keyed: true,
      },
    ],
  }
}

function partTest(sql: Sql, condition: Of<'resultPart'>): (owner: number) => Test {
  const { path, equals } = condition
  const { text, values } = holdsPart('p.parts', { path, digest: equals })
  const filter: Test['filter'] = id => ({
    text: `EXISTS (SELECT 1 FROM call_terms_v3 p WHERE p.id = ${id} AND ${text})`,
    values,
  })
  const ranges = partRanges(sql, path, equals)
  return owner => ({ condition, filter, ranges: ranges?.(owner) })
}

/** A slot that a condition is about, and whether anything in it will do. */
interface Place {
  readonly id: number
  readonly implied: boolean
}

function slotsOf(sql: Sql, condition: TermCondition, only: number | undefined): ReadonlyMap<number, readonly Place[]> {
  if (condition.field !== 'argument') {
    const isValue = condition.field === 'metadata' && condition.test !== undefined
    return placesOf(sql, isValue ? [atPath(condition.path)] : [atPath(condition.path), within(condition.path)], only)
  }
  const { at, path } = condition
  const place =
    typeof at === 'number' ? { text: 'position = ?', value: at } : { text: 'name = ?', value: storedText(at) }
  const text = `path = ? AND position >= 0 AND ${place.text}`
  return placesOf(sql, [{ text, values: [storedText(path), place.value], implied: false }], only)
}

type Asked = Fragment & { readonly implied: boolean }

function atPath(path: string): Asked {
  return { text: `path = ? AND position = ${METADATA}`, values: [storedText(path)], implied: false }
}

/** Metadata that says by standing there that `path` is present, and no scalar. */
function within(path: string): Asked {
  return { text: 'name = ? AND position < 0', values: [storedText(path)], implied: true }
}

function placesOf(sql: Sql, asked: readonly Asked[], only: number | undefined): ReadonlyMap<number, readonly Place[]> {
  const found = new Map<number, Place[]>()
  for (const { text, values, implied } of asked) {
    const rows = rowsOf<{ id: number; owner: number }>(sql, {
      text: `SELECT id, function AS owner FROM slots_v3 WHERE ${text}${only === undefined ? '' : ' AND function = ?'}`,
      values: only === undefined ? values : [...values, only],
    })
    for (const row of rows) {
      const owner = Number(row.owner)
      const places = found.get(owner)
      if (places === undefined) found.set(owner, [{ id: Number(row.id), implied }])
      else places.push({ id: Number(row.id), implied })
    }
  }
  return found
}

function termTest(condition: TermCondition, places: readonly Place[]): Test {
  const valueIn = (column: string, implied: boolean): Fragment | undefined =>
    conditionOnValue(condition, column, implied)
  const among = new Map<string, { readonly value: Fragment | undefined; readonly slots: number[] }>()
  for (const { id, implied } of places) {
    const value = valueIn('t.value', implied)
    const group = among.get(value?.text ?? '')
    if (group === undefined) among.set(value?.text ?? '', { value, slots: [id] })
    else group.slots.push(id)
  }
  return {
    condition,
    filter(id) {
      const groups = Array.from(among.values(), ({ value, slots }): Fragment => {
        const slot = slotAmong(slots)
        const { text, values } = allOf(value === undefined ? [slot] : [slot, value])
        return { text: `EXISTS (SELECT 1 FROM terms_v3 t WHERE t.call = ${id} AND ${text})`, values }
      })
      return {
        text: `(${groups.map(({ text }) => text).join(' OR ')})`,
        values: groups.flatMap(({ values }) => values),
      }
    },
    ranges: isPresence(condition)
      ? undefined
      : places.map(({ id, implied }): Range => {
          const value = valueIn('c.value', implied)
          const slot = { text: 'c.slot = ?', values: [id] }
          return {
            from: 'terms_v3 c',
            id: 'c.call',
            where: allOf(value === undefined ? [slot] : [slot, value]),
            keyed: isOneValue(condition) && !implied,
          }
        }),
  }
}

/** Of several slots the plus keeps the engine from looking for each: a call has few terms. */
function slotAmong(slots: readonly number[]): Fragment {
  const [slot] = slots
  if (slots.length === 1 && slot !== undefined) return { text: 't.slot = ?', values: [slot] }
  return { text: '+t.slot IN (SELECT value FROM json_each(?))', values: [JSON.stringify(slots)] }
}

function conditionOnValue(condition: TermCondition, column: string, implied: boolean): Fragment | undefined {
  switch (condition.field) {
    case 'argument':
      return condition.equals === undefined
        ? undefined
        : { text: `${column} = ?`, values: [blobOfKey(condition.equals)] }
    case 'metadata':
      return condition.test === undefined ? undefined : scalarCondition(column, condition.test)
    default:
      return implied ? undefined : { text: `${column} = ${OPAQUE_VALUE}`, values: [] }
  }
}

/** An argument is there in nearly every call. */
function isPresence(condition: TermCondition): boolean {
  return condition.field === 'argument' && condition.equals === undefined
}

function isOneValue(condition: TermCondition): boolean {
  if (condition.field === 'metadata') return condition.test?.equals !== undefined
  return condition.field === 'opaque' || condition.equals !== undefined
}
