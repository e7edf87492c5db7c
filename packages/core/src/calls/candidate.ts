import type { Inside } from '../cache/inside.ts'
import { isRiposteError } from '../errors.ts'
import { run } from '../flow.ts'
import { type DigestOf, type Matcher, matchesValue } from '../matching/matcher.ts'
import { buildPart, fetchParts } from './found.ts'
import type { NestedTerms, StoredPart, StoredRecord } from './stored-record.ts'
import { nestedOf } from './terms-of.ts'

const UNKNOWN = ['ERR_NOT_FOUND', 'ERR_CORRUPT', 'ERR_UNKNOWN_FORMAT'] as const

/** A record that may match a template, and what a check may ask of it. */
export class Candidate {
  readonly record: StoredRecord
  readonly #inside: Inside
  readonly #nested: (NestedTerms | undefined)[] = []

  constructor(inside: Inside, record: StoredRecord) {
    this.#inside = inside
    this.record = record
  }

  /** The positions of the arguments that a place in a template means. */
  positionsOf(at: number | string): readonly number[] {
    const { args, names } = this.record
    if (typeof at === 'number') return at < args.length ? [at] : []
    return args.flatMap((_, position) => (names?.[position] === at ? [position] : []))
  }

  /** What is listed of an argument; `undefined` where it is no plain object. */
  nestedOf(position: number): NestedTerms | undefined {
    if (!(position in this.#nested)) {
      const { registry, digestOf } = this.#inside
      this.#nested[position] = nestedOf(this.record.args[position]!, registry, digestOf)
    }
    return this.#nested[position]
  }

  argumentMatches(position: number, matcher: Matcher, digestOf: DigestOf): Promise<boolean> {
    return this.#matches(this.record.args[position]!, matcher, digestOf)
  }

  resultMatches(matcher: Matcher, digestOf: DigestOf): Promise<boolean> {
    return this.#matches(this.record.result, matcher, digestOf)
  }

  /** A value that is gone or damaged, or that this runtime cannot build, matches nothing. */
  async #matches(part: StoredPart, matcher: Matcher, digestOf: DigestOf): Promise<boolean> {
    try {
      const payloads = await run(fetchParts(this.#inside, [part]))
      return matchesValue(matcher, buildPart(this.#inside, part, payloads), digestOf)
    } catch (error) {
      if (UNKNOWN.some(code => isRiposteError(error, code))) return false
      throw error
    }
  }
}
