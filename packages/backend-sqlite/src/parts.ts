/**
 * Parts of results: what stands where in a result that is a plain object.
 *
 * All parts of a call are one text beside its other terms, where they cost their bytes. Rows of their own, each in an index,
 * would cost some 20 µs a part, because each of them changes another page. Calls up to the id to which totals are taken in
 * have their parts in an index as well: it is written for many calls at once, and kept by eras of ids, so that only the
 * pages of the last era change. Whoever looks for a part asks each era, and looks through the few calls above that id.
 */
import type { PartTerm } from '@riposte/core'
import { allOf, type Fragment, rowsOf, type Sql } from './database.ts'
import { textOfKey } from './keys.ts'
import type { Range } from './range.ts'
import { CALLS, ERA, IS_HASH } from './schema.ts'

const UPTO = `(SELECT upto FROM totals_v3 WHERE id = ${CALLS})`

/** Puts calls into the index that are to be taken into the totals. */
export const TAKE_IN_PARTS: string = `INSERT OR IGNORE INTO result_parts_v3 (function, era, hash, call)
  SELECT c.function, c.id / ${ERA}, j.value, c.id
  FROM call_terms_v3 c CROSS JOIN json_each(c.parts) j WHERE c.id > ${UPTO} AND j.${IS_HASH} ORDER BY 1, 2, 3, 4`

/** The parts of a call as text: by turns what it is found by, its path and its digest. `null` where there are none. */
export function storedParts(parts: readonly PartTerm[]): string | null {
  if (parts.length === 0) return null
  return `[${parts.map(({ path, digest }) => `${hashOf(path, digest)}${textOf(path, digest)}`).join(',')}]`
}

type PartRanges = (owner: number) => readonly Range[]

type Part = Pick<PartTerm, 'path'> & { readonly digest: PartTerm['digest'] | undefined }

/** Whether the text of a call, which a column gives, holds a part, or for no digest any at its path. */
export function holdsPart(column: string, { path, digest }: Part): Fragment {
  return { text: `instr(${column}, ?) > 0`, values: [textOf(path, digest)] }
}

/** Ways to the calls that have a part, for each function; `undefined` where none is shorter than over all calls. */
export function partRanges(sql: Sql, path: string, digest: Part['digest']): PartRanges | undefined {
  if (digest === undefined && isPointer(path)) return undefined
  const eras = JSON.stringify(allEras(sql))
  const hash = hashOf(path, digest)
  const holds = holdsPart('c.parts', { path, digest })
  const recent = new Set(
    rowsOf<{ readonly owner: number | bigint }>(sql, {
      text: `SELECT c.function AS owner FROM call_terms_v3 c WHERE c.id > ${UPTO} AND ${holds.text}`,
      values: holds.values,
    }).map(({ owner }) => Number(owner)),
  )
  return owner => {
    const indexed = {
      text: 'x.function = ? AND x.era IN (SELECT value FROM json_each(?)) AND x.hash = ?',
      values: [owner, eras, hash],
    }
    const ranges: Range[] = [
      {
        from: 'result_parts_v3 x CROSS JOIN call_terms_v3 c ON c.id = x.call',
        id: 'c.id',
        where: allOf([indexed, holds]),
        keyed: false,
        // Hardly ever do two parts have one hash.
        counted: { from: 'result_parts_v3 x', where: indexed },
      },
    ]
    if (!recent.has(owner)) return ranges
    // The plus keeps the engine from reading all calls of the function.
    const above = { text: `c.id > ${UPTO} AND +c.function = ?`, values: [owner] }
    return [...ranges, { from: 'call_terms_v3 c', id: 'c.id', where: allOf([above, holds]), keyed: false }]
  }
}

/** All eras that there may be calls of. */
function allEras(sql: Sql): readonly number[] {
  const ids = `SELECT (SELECT min(id) FROM call_terms_v3 WHERE id > 0) AS first, upto AS last FROM totals_v3 WHERE id = ${CALLS}`
  const [found] = rowsOf<{ readonly first: number | null; readonly last: number }>(sql, { text: ids, values: [] })
  if (found === undefined || found.first === null) return []
  const first = Math.floor(Number(found.first) / ERA)
  return Array.from({ length: Math.max(0, Math.floor(Number(found.last) / ERA) - first + 1) }, (_, i) => first + i)
}

/** How a part stands in the text of a call, behind its hash. Quotation marks inside are escaped: it stands nowhere else. */
function textOf(path: string, digest: Part['digest']): string {
  return `,${JSON.stringify(path)},"${digest === undefined ? '' : `${textOfKey(digest)}"`}`
}

/** What a part is found by. What else has the same hash is told apart by the text. */
function hashOf(path: string, digest: Part['digest']): number {
  // FNV-1a.
  let hash = 0x811c9dc5
  for (let i = 0; i < path.length; i += 1) hash = Math.imul(hash ^ path.charCodeAt(i), 0x01000193)
  if (digest !== undefined && isPointer(path)) hash ^= Number.parseInt(digest.slice(0, 8), 16)
  return hash >>> 0
}

/** Other paths say something of all of the result: they are looked for whatever their digest. */
function isPointer(path: string): boolean {
  return path.startsWith('/')
}
