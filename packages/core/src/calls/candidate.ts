import { isRiposteError } from '../errors.ts'
import { type MaybePromise, run, type Steps } from '../flow.ts'
import type { Reading } from '../inside/inside.ts'
import { type DigestOf, type Matcher, matchesValue } from '../matching/matcher.ts'
import { matchesTerms } from '../matching/terms.ts'
import type { ArgumentTerm, CallCondition, CallTerms, PartTerm } from '../ports/call-index.ts'
import { buildPart, fetchParts } from './found.ts'
import { MAX_ARGUMENT_TERMS, MAX_RESULT_TERMS } from './nested-terms.ts'
import type { NestedTerms, StoredPart, StoredRecord } from './stored-record.ts'
import { nestedArgumentTerms, nestedOf, plainTermsOf, resultParts } from './terms-of.ts'
import { isUnreadable } from './unreadable.ts'

/** A record that may match a template, and what a check may ask of it. */
export class Candidate {
  readonly record: StoredRecord
  readonly #inside: Reading
  readonly #nested = new Map<StoredPart, NestedTerms | undefined>()
  #plain: CallTerms | undefined
  #args: readonly ArgumentTerm[] | undefined
  #resultParts: readonly PartTerm[] | undefined

  constructor(inside: Reading, record: StoredRecord) {
    this.#inside = inside
    this.record = record
  }

  /** Whether an index would find it by these conditions. */
  fulfils(where: readonly CallCondition[]): boolean {
    const { registry, digestOf } = this.#inside
    this.#plain ??= plainTermsOf(this.record)
    let terms = this.#plain
    // To look inside arguments and results takes longer than all else.
    if (where.some(condition => condition.field === 'argument' && condition.path !== '')) {
      this.#args ??= nestedArgumentTerms(this.record, registry, digestOf)
      terms = { ...terms, args: this.#args }
    }
    if (where.some(({ field }) => field === 'resultPart')) {
      this.#resultParts ??= resultParts(this.record, registry, digestOf)
      terms = { ...terms, resultParts: this.#resultParts }
    }
    return matchesTerms(terms, where)
  }

  /** The arguments that a place in a template means, or for `undefined` the result. */
  partsAt(at: number | string | undefined): readonly StoredPart[] {
    const { args, names, result } = this.record
    if (at === undefined) return [result]
    if (typeof at === 'string') return args.filter((_, position) => names?.[position] === at)
    const part = args[at]
    return part === undefined ? [] : [part]
  }

  /** What is listed of an argument or of the result; `undefined` where it is no plain object. */
  nestedOf(part: StoredPart): NestedTerms | undefined {
    if (!this.#nested.has(part)) {
      const { registry, digestOf } = this.#inside
      const most = part === this.record.result ? MAX_RESULT_TERMS : MAX_ARGUMENT_TERMS
      this.#nested.set(part, nestedOf(part, registry, digestOf, most))
    }
    return this.#nested.get(part)
  }

  matches(part: StoredPart, matcher: Matcher, digestOf: DigestOf): MaybePromise<boolean> {
    return run(this.#matches(part, matcher, digestOf))
  }

  /** A value that is gone or damaged, or that this runtime cannot build, matches nothing. */
  *#matches(part: StoredPart, matcher: Matcher, digestOf: DigestOf): Steps<boolean> {
    try {
      const payloads = yield* fetchParts(this.#inside, [part])
      return matchesValue(matcher, buildPart(this.#inside, part, payloads), digestOf)
    } catch (error) {
      if (isUnreadable(error) || isRiposteError(error, 'ERR_NOT_FOUND')) return false
      throw error
    }
  }
}
