/** What a template asks of records, worked out once: searches for an index, and checks for what no index can say. */
import type { Digest } from '../digest/address.ts'
import { stepTo } from '../digest/path.ts'
import type { MaybePromise } from '../flow.ts'
import { compilePattern, type DigestOf, leavesOf, type Matcher } from '../matching/matcher.ts'
import { ANY } from '../matching/pattern.ts'
import { isPlainObject } from '../matching/plain-object.ts'
import type { CallCondition } from '../ports/call-index.ts'
import { type ArgumentPattern, argumentCheck } from './argument-check.ts'
import type { Candidate } from './candidate.ts'
import { CUT_PATH } from './cut-path.ts'
import { compileMetadata, type DeepMetadataSearch } from './metadata-template.ts'
import type { StoredRecord } from './stored-record.ts'
import { versionTerm } from './terms-of.ts'
import type { CallTemplate } from './types.ts'

/** Whether a record that fulfils the conditions of a search is a match: now, where no value is read or the store answers now. */
export type Check = (candidate: Candidate) => MaybePromise<boolean>

export interface Search {
  readonly where: readonly CallCondition[]
  readonly checks: readonly Check[]
  /** Whether the checks hold for nearly all that fulfil the conditions. */
  readonly isNearlySure: boolean
}

const FIELDS = ['namespace', 'name', 'version', 'args', 'result', 'metadata']

/**
 * The searches that find all matches between them, some maybe twice.
 *
 * @throws {TypeError} when the template is none
 * @throws {RiposteError} `ERR_UNDIGESTIBLE`, `ERR_CYCLIC` when something in it has no digest
 */
export function compileTemplate(template: CallTemplate, digestOf: DigestOf): readonly Search[] {
  checkFields(template)
  const where: CallCondition[] = [...namesConditions(template), ...versionConditions(template)]
  const checks: Check[] = []
  const partly: Partly[] = []
  const addPattern = (pattern: unknown, at: number | string | undefined, place: string): void => {
    const matcher = compilePattern(pattern, digestOf, place)
    if (matcher.kind === 'partial') partly.push(partlyOf({ at, matcher, leaves: leavesOf(matcher) }, digestOf))
    else where.push(...wholeConditions(at, matcher))
  }
  if ('result' in template) addPattern(template.result, undefined, '.result')
  if ('metadata' in template) {
    const metadata = compileMetadata(template.metadata, digestOf)
    where.push(...metadata.where)
    checks.push(...metadata.checks.map(checkOfMetadata))
    if (metadata.deep !== undefined) partly.push(partlyOfMetadata(metadata.deep))
  }
  for (const [at, pattern] of argumentPatterns(template.args)) {
    addPattern(pattern, at, `.args${stepTo(template.args!, at)}`)
  }
  return searches({ where, checks }, partly)
}

/** What a template asks of places of which a record lists only so many. */
interface Partly {
  /** What holds where the record lists all. */
  readonly listed: readonly CallCondition[]
  /** What tells of more places than are listed; `undefined` where those do not count. */
  readonly cut: CallCondition | undefined
  /** What holds however many are listed. */
  readonly anyway: readonly CallCondition[]
  readonly check: Check
  /** How much what is listed tells: where it is not all, the rest is checked. */
  readonly tells: 'all' | 'nearly all' | 'some'
}

/** One search by what records list, and one for each thing of which they may not list all. */
function searches(base: Omit<Search, 'isNearlySure'>, partly: readonly Partly[]): readonly Search[] {
  const listed = {
    where: [...base.where, ...partly.flatMap(one => one.listed)],
    checks: [...base.checks, ...partly.flatMap(({ tells, check }) => (tells === 'all' ? [] : [check]))],
    isNearlySure: base.checks.length === 0 && partly.every(({ tells }) => tells !== 'some'),
  }
  const cut = partly.flatMap((one): Search[] => {
    if (one.cut === undefined) return []
    const others = partly.flatMap(other => (other === one ? [] : other.anyway))
    return [
      {
        where: [...base.where, one.cut, ...others],
        checks: [...base.checks, ...partly.map(({ check }) => check)],
        isNearlySure: false,
      },
    ]
  })
  return [listed, ...cut]
}

function partlyOf(pattern: ArgumentPattern, digestOf: DigestOf): Partly {
  const { at, leaves } = pattern
  const anyway = wholeConditions(at, ANYTHING)
  return {
    listed: leaves.flatMap(({ path, asks }) =>
      path === '' ? anyway : [partCondition(at, path, asks.kind === 'equals' ? asks.digest : undefined)],
    ),
    // That it is a plain object at all, whatever is in it, records always tell.
    cut: leaves.every(({ path }) => path === '') ? undefined : partCondition(at, CUT_PATH, undefined),
    anyway,
    check: argumentCheck(pattern, digestOf),
    tells: tellingOf(pattern),
  }
}

/** Of several properties of what has one name each may stand in another argument of a rest parameter, but hardly does. */
function tellingOf({ at, leaves }: ArgumentPattern): Partly['tells'] {
  if (leaves.some(({ asks }) => asks.kind === 'plain')) return 'some'
  return typeof at === 'string' && leaves.length > 1 ? 'nearly all' : 'all'
}

const ANYTHING: Matcher = { kind: 'any' }

/** Of an argument as a whole, or of the result. */
function wholeConditions(at: number | string | undefined, matcher: Matcher): readonly CallCondition[] {
  const equals = matcher.kind === 'equals' ? matcher.digest : undefined
  if (at !== undefined) return [{ field: 'argument', at, path: '', equals }]
  return equals === undefined ? [] : [{ field: 'result', equals }]
}

function partCondition(at: number | string | undefined, path: string, equals: Digest | undefined): CallCondition {
  return at === undefined ? { field: 'resultPart', path, equals } : { field: 'argument', at, path, equals }
}

function partlyOfMetadata({ where, tells, holds }: DeepMetadataSearch): Partly {
  return {
    listed: where,
    cut: { field: 'opaque', path: CUT_PATH },
    anyway: [],
    check: checkOfMetadata(holds),
    tells: tells ? 'all' : 'some',
  }
}

function checkOfMetadata(holds: (metadata: StoredRecord['metadata']) => boolean): Check {
  return ({ record }) => holds(record.metadata)
}

function checkFields(template: CallTemplate): void {
  if (!isPlainObject(template)) throw new TypeError('expected a template as a plain object, such as { name: "slow" }')
  for (const field of Object.keys(template)) {
    if (!FIELDS.includes(field)) {
      throw new TypeError(`expected a template with fields among ${FIELDS.join(', ')}; got ${JSON.stringify(field)}`)
    }
  }
}

function namesConditions(template: CallTemplate): readonly CallCondition[] {
  return (['namespace', 'name'] as const).flatMap(field => {
    if (!(field in template)) return []
    const equals = template[field]
    if (equals === ANY) return []
    if (typeof equals !== 'string') {
      throw new TypeError(`expected ${field} in a template as a string or ANY; got ${String(equals)}`)
    }
    return [{ field, equals }]
  })
}

function versionConditions(template: CallTemplate): readonly CallCondition[] {
  const { version } = template
  if (!('version' in template) || version === ANY) return []
  if (version !== undefined && typeof version !== 'string' && typeof version !== 'number') {
    throw new TypeError(
      `expected version in a template as a string, a number, undefined or ANY; got ${String(version)}`,
    )
  }
  return [{ field: 'version', equals: versionTerm(version) }]
}

function argumentPatterns(args: CallTemplate['args']): readonly (readonly [at: number | string, pattern: unknown])[] {
  if (args === undefined) return []
  // A hole is left out; `undefined` is data.
  if (Array.isArray(args)) return Object.keys(args).map(key => [Number(key), args[Number(key)]])
  if (!isPlainObject(args))
    throw new TypeError('expected args in a template as an array, or as an object by parameter name')
  return Object.entries(args)
}
