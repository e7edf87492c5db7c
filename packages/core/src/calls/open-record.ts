import type { Inside } from '../cache/inside.ts'
import { decodeValue } from '../codec/decode-value.ts'
import { run, type Steps } from '../flow.ts'
import { type Ref, ref } from '../ref.ts'
import { checkLazyOptions, openLazy } from '../values/lazy/lazy.ts'
import { buildPart, fetchParts } from './found.ts'
import { inspectable } from './inspectable-record.ts'
import type { StoredPart, StoredRecord } from './stored-record.ts'
import type { CallRecord } from './types.ts'

/** A record for people. Arguments are built when they are asked for; each record builds them once. */
export function openForPeople(inside: Inside, record: StoredRecord): CallRecord {
  const { digest, identity, names, args, result, metadata, expiresAt, threw = false } = record
  let built: readonly unknown[] | undefined
  return inspectable({
    digest,
    namespace: identity.namespace,
    name: identity.name,
    version: identity.version,
    params: names,
    get args() {
      built ??= args.map(part => shown(inside, part))
      return built
    },
    async loadArgs() {
      inside.checkOpen()
      return run(loadParts(inside, args))
    },
    resultRef: ref(result.digest),
    async result() {
      inside.checkOpen()
      const [value] = await run(loadParts(inside, [result]))
      if (threw) throw value
      return value
    },
    async lazyResult(options = {}) {
      inside.checkOpen()
      checkLazyOptions(options)
      if (!threw) return openLazy(inside, result, options)
      throw (await run(loadParts(inside, [result])))[0]
    },
    metadata,
    expiresAt,
    threw,
  })
}

function shown(inside: Inside, { digest, inline }: StoredPart): unknown | Ref {
  // Inside a record no argument has links.
  return inline === undefined ? ref(digest) : decodeValue(inline, { registry: inside.registry })
}

function* loadParts(inside: Inside, parts: readonly StoredPart[]): Steps<readonly unknown[]> {
  const payloads = yield* fetchParts(inside, parts)
  return parts.map(part => buildPart(inside, part, payloads))
}
