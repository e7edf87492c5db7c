import { holdsPlainObject } from '../../calls/nested-terms.ts'
import { readableRecord } from '../../calls/readable-record.ts'
import type { StoredPart } from '../../calls/stored-record.ts'
import { termsOf } from '../../calls/terms-of.ts'
import { digest } from '../../digest/digest.ts'
import type { Entry } from '../../ports/backend.ts'
import type { CallTerms } from '../../ports/call-index.ts'
import { defaultRegistry } from '../../registry/registry.ts'

/** What an index can find a copied record by; `undefined` where this process cannot read what it lists. */
export function termsOfCopy(entry: Entry): CallTerms | undefined {
  const record = readableRecord(entry, defaultRegistry)
  if (record === undefined) return undefined
  const { identity, names, args, result, metadata } = record
  const copied = {
    digest: record.digest,
    identity,
    names,
    args: args.map(unopened),
    result: unopened(result),
    metadata,
  }
  return termsOf(copied, defaultRegistry, digest)
}

/**
 * What stands inside an argument or a result may be of classes that are not known here: whoever searches there is told
 * to look at the value.
 */
function unopened(part: StoredPart): StoredPart {
  if (part.inline === undefined || !holdsPlainObject(part.inline)) return part
  return { ...part, inline: undefined, nested: { terms: [], cut: true } }
}
