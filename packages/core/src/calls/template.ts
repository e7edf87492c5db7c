/** Templates, worked out once: searches for an index, and checks for what no index can say. */
import { stepTo } from '../digest/path.ts'
import { compilePattern, type DigestOf } from '../matching/matcher.ts'
import { ANY } from '../matching/pattern.ts'
import { isPlainObject } from '../matching/plain-object.ts'
import type { CallCondition } from '../ports/call-index.ts'
import { shownValue } from '../shown-value.ts'
import { searchInside, wholeConditions } from './argument-search.ts'
import { compileMetadata } from './metadata-template.ts'
import { type Check, type NestedSearch, type Search, searchesOf } from './searches.ts'
import { versionTerm } from './terms-of.ts'
import type { CallTemplate } from './types.ts'

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
  const nested: NestedSearch[] = []
  const addPattern = (pattern: unknown, at: number | string | undefined, place: string): void => {
    const matcher = compilePattern(pattern, digestOf, place)
    if (matcher.kind === 'partial') nested.push(searchInside(at, matcher, digestOf))
    else where.push(...wholeConditions(at, matcher))
  }
  if ('result' in template) addPattern(template.result, undefined, '.result')
  if ('metadata' in template) {
    const metadata = compileMetadata(template.metadata, digestOf)
    where.push(...metadata.where)
    checks.push(...metadata.checks)
    if (metadata.deep !== undefined) nested.push(metadata.deep)
  }
  for (const [at, pattern] of argumentPatterns(template.args)) {
    addPattern(pattern, at, `.args${stepTo(template.args!, at)}`)
  }
  return searchesOf({ where, checks }, nested)
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
      throw new TypeError(`expected ${field} in a template as a string or ANY; got ${shownValue(equals)}`)
    }
    return [{ field, equals }]
  })
}

function versionConditions(template: CallTemplate): readonly CallCondition[] {
  const { version } = template
  if (!('version' in template) || version === ANY) return []
  if (version !== undefined && typeof version !== 'string' && typeof version !== 'number') {
    throw new TypeError(
      `expected version in a template as a string, a number, undefined or ANY; got ${shownValue(version)}`,
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
