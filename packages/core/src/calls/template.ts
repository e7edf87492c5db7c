/** What a template asks of records, worked out once: searches for an index, and checks for what no index can say. */
import { stepTo } from '../digest/path.ts'
import { compilePattern, type DigestOf, type Leaf, leavesOf, type Matcher } from '../matching/matcher.ts'
import { ANY } from '../matching/pattern.ts'
import { isPlainObject } from '../matching/plain-object.ts'
import type { CallCondition } from '../ports/call-index.ts'
import { type ArgumentPattern, argumentCheck } from './argument-check.ts'
import type { Candidate } from './candidate.ts'
import { compileMetadata } from './metadata-template.ts'
import { CUT_PATH, versionTerm } from './terms-of.ts'
import type { CallTemplate } from './types.ts'

/** Whether a record that fulfils the conditions of a search is a match. */
export type Check = (candidate: Candidate) => Promise<boolean>

export interface Search {
  readonly where: readonly CallCondition[]
  readonly checks: readonly Check[]
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
  if ('result' in template) addResult(compilePattern(template.result, digestOf, '.result'), where, checks, digestOf)
  if ('metadata' in template) {
    const metadata = compileMetadata(template.metadata, digestOf)
    where.push(...metadata.where)
    checks.push(
      ...metadata.checks.map(
        holds =>
          async ({ record }: Candidate) =>
            holds(record.metadata),
      ),
    )
  }
  const partial: ArgumentPattern[] = []
  for (const [at, pattern] of argumentPatterns(template.args)) {
    const matcher = compilePattern(pattern, digestOf, `.args${stepTo(template.args!, at)}`)
    if (matcher.kind === 'partial') partial.push({ at, matcher, leaves: leavesOf(matcher) })
    else where.push(argument(at, '', matcher.kind === 'equals' ? matcher : undefined))
  }
  return searches({ where, checks }, partial, digestOf)
}

/** One search by what records list of their arguments, and one for each argument of which they may not list all. */
function searches(base: Search, partial: readonly ArgumentPattern[], digestOf: DigestOf): readonly Search[] {
  if (partial.length === 0) return [base]
  const listed = {
    where: [...base.where, ...partial.flatMap(({ at, leaves }) => leaves.map(leaf => leafCondition(at, leaf)))],
    checks: [...base.checks, ...partial.filter(hasPlainLeaf).map(pattern => argumentCheck(pattern, digestOf))],
  }
  const cut = partial.map(({ at }) => ({
    where: [
      ...base.where,
      argument(at, CUT_PATH, undefined),
      ...partial.flatMap(other => (other.at === at ? [] : [argument(other.at, '', undefined)])),
    ],
    checks: [...base.checks, ...partial.map(pattern => argumentCheck(pattern, digestOf))],
  }))
  return [listed, ...cut]
}

function hasPlainLeaf({ leaves }: ArgumentPattern): boolean {
  return leaves.some(({ asks }) => asks.kind === 'plain')
}

function leafCondition(at: number | string, { path, asks }: Leaf): CallCondition {
  return argument(at, path, asks.kind === 'equals' ? asks : undefined)
}

function argument(
  at: number | string,
  path: string,
  equals: Extract<Matcher, { kind: 'equals' }> | undefined,
): CallCondition {
  return { field: 'argument', at, path, equals: equals?.digest }
}

function addResult(matcher: Matcher, where: CallCondition[], checks: Check[], digestOf: DigestOf): void {
  if (matcher.kind === 'equals') where.push({ field: 'result', equals: matcher.digest })
  if (matcher.kind === 'partial') checks.push(candidate => candidate.resultMatches(matcher, digestOf))
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
