import type { ArgumentTerm, CallCondition, CallTerms, MetadataTerm, Scalar, ScalarTest } from '../ports/call-index.ts'
import { compareCodePoints } from './code-points.ts'

/**
 * Whether a record with these terms fulfils all conditions. This is what a `CallIndex` is held to: core scans
 * with it where an engine has no index, and the conformance suite expects of an index what it says.
 */
export function matchesTerms(terms: CallTerms, where: readonly CallCondition[]): boolean {
  return where.every(condition => fulfils(terms, condition))
}

function fulfils(terms: CallTerms, condition: CallCondition): boolean {
  switch (condition.field) {
    case 'namespace':
    case 'name':
    case 'version':
    case 'result':
      return terms[condition.field] === condition.equals
    case 'resultPart':
      return terms.resultParts.some(
        ({ path, digest }) =>
          path === condition.path && (condition.equals === undefined || digest === condition.equals),
      )
    case 'argument':
      return terms.args.some(term => isArgument(term, condition))
    case 'metadata':
      return terms.metadata.some(term => isMetadata(term, condition))
    case 'opaque':
      return terms.metadata.some(({ path, value }) => path === condition.path && value === undefined)
  }
}

function isArgument(term: ArgumentTerm, condition: Extract<CallCondition, { field: 'argument' }>): boolean {
  const place = typeof condition.at === 'number' ? term.position : term.name
  if (place !== condition.at || term.path !== condition.path) return false
  return condition.equals === undefined || term.digest === condition.equals
}

function isMetadata(term: MetadataTerm, condition: Extract<CallCondition, { field: 'metadata' }>): boolean {
  if (term.path !== condition.path) return false
  if (condition.test === undefined) return true
  return term.value !== undefined && passes(term.value, condition.test)
}

/** Whether a scalar passes a test. */
export function passes(value: Scalar, test: ScalarTest): boolean {
  if (test.equals !== undefined && !isSame(value, test.equals)) return false
  if (test.in !== undefined && !test.in.includes(value)) return false
  return (
    isOrdered(value, test.lt, order => order < 0) &&
    isOrdered(value, test.lte, order => order <= 0) &&
    isOrdered(value, test.gt, order => order > 0) &&
    isOrdered(value, test.gte, order => order >= 0)
  )
}

/** NaN equals itself, as everywhere in Riposte; 0 and -0 are one number to a test, as they are to SQL. */
function isSame(a: Scalar, b: Scalar): boolean {
  return a === b || (Number.isNaN(a) && Number.isNaN(b))
}

function isOrdered(value: Scalar, bound: string | number | undefined, holds: (order: number) => boolean): boolean {
  if (bound === undefined) return true
  if (typeof value === 'string' && typeof bound === 'string') return holds(compareCodePoints(value, bound))
  // Not value - bound: the difference of two equal infinities is not a number.
  if (typeof value === 'number' && typeof bound === 'number' && !Number.isNaN(value) && !Number.isNaN(bound)) {
    return holds(value < bound ? -1 : value > bound ? 1 : 0)
  }
  return false
}
