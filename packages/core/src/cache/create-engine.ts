import { commitCall } from '../calls/commit-call.ts'
import { findCall, readRecord } from '../calls/find-call.ts'
import { openForPeople } from '../calls/open-record.ts'
import { queryCalls } from '../calls/query-calls.ts'
import { keyOf } from '../calls/record-codec.ts'
import { SealedCall, sealedCall } from '../calls/sealed-call.ts'
import type { StoredRecord } from '../calls/stored-record.ts'
import type { CallRecord } from '../calls/types.ts'
import { isResultWhole } from '../calls/whole-result.ts'
import type { CallDigest } from '../digest/address.ts'
import { isRiposteError } from '../errors.ts'
import { chain, isPromise, run, type Steps } from '../flow.ts'
import type { Engine, HotCalls } from '../inside/engine.ts'
import type { Inside } from '../inside/inside.ts'
import { evictEntries, isEvicting } from '../ports/evicting.ts'
import { checkClaims } from '../values/claims.ts'
import { readHeaders } from '../values/headers.ts'
import { loadValue } from '../values/load.ts'
import { saveValues } from '../values/save.ts'

/** The inside of a cache: each algorithm run as far as it goes now. */
export function createEngine(
  inside: Inside,
  { duplicates, noted }: Pick<Engine, 'duplicates' | 'noted'>,
  hot: HotCalls | undefined,
): Engine {
  const { calls } = inside.store
  const drop = (digest: CallDigest): void => hot?.delete(digest)
  return {
    store: inside.store,
    duplicates,
    noted,
    hot,
    warn: warning => inside.warn(warning),
    tally: identity => inside.tallies.of(identity),
    prepare(identity, args, options = {}) {
      inside.checkOpen()
      return new SealedCall(inside, identity, args, options.storeArguments ?? true)
    },
    checkReferences: call => run(checkClaims(inside, sealedCall(inside, call).claims)),
    commit(call, result, options) {
      inside.checkNotShut()
      const { digest } = call
      if (options.replace) drop(digest)
      const found = run(commitCall(inside, sealedCall(inside, call), result, options))
      if (!isPromise(found)) return found
      return inside.underWay.write(
        // A read that began meanwhile may have found what was replaced.
        options.replace ? found.finally(() => drop(digest)) : found,
      )
    },
    background: work => inside.underWay.background(work),
    abandon: call => sealedCall(inside, call).abandon(),
    find(digest) {
      inside.checkOpen()
      return findCall(inside, digest)
    },
    async examine(digest) {
      const { examine } = await inside.upkeep()
      return run(examine(inside, digest))
    },
    evicted(digest) {
      inside.checkOpen()
      return isEvicting(calls) ? chain(calls.evictions([keyOf(digest)]), ([eviction]) => eviction) : undefined
    },
    has(digest) {
      inside.checkOpen()
      return chain(calls.has([keyOf(digest)]), ([there = false]) => there)
    },
    evict(digest) {
      inside.checkOpen()
      drop(digest)
      return chain(evictEntries(calls, [{ key: keyOf(digest) }], 'evict'), removed => {
        drop(digest)
        return removed > 0
      })
    },
    record(digest) {
      inside.checkOpen()
      return run(openCall(inside, digest))
    },
    stored(digest) {
      inside.checkOpen()
      return run(readStored(inside, digest))
    },
    hasResult(record) {
      inside.checkOpen()
      return run(isResultWhole(inside, record))
    },
    query: template => queryCalls(inside, template, () => hot?.clear()),
    open: record => openForPeople(inside, record),
    digest: value => inside.digestOf(value),
    load(digest) {
      inside.checkOpen()
      return run(loadValue(inside, digest))
    },
    async lazy(part) {
      const { openLazy } = await inside.piecewise()
      return openLazy(inside, part)
    },
    save(value) {
      inside.checkOpen()
      // One value gives one digest.
      return chain(run(saveValues(inside, [value])), ([digest]) => digest!)
    },
    checkStored(digest) {
      inside.checkOpen()
      return run(checkClaims(inside, [{ digest, whole: true, path: '' }]))
    },
    linkable(digests) {
      inside.checkOpen()
      return chain(run(readHeaders(inside.store.values, digests)), headers =>
        headers.map(header => (typeof header === 'string' ? undefined : header.linkable)),
      )
    },
  }
}

function* openCall(inside: Inside, digest: CallDigest): Steps<CallRecord | undefined> {
  const record = yield* readStored(inside, digest)
  return record && openForPeople(inside, record)
}

function* readStored(inside: Inside, digest: CallDigest): Steps<StoredRecord | undefined> {
  try {
    return (yield* readRecord(inside, digest))?.record
  } catch (error) {
    // A damaged record is as good as none; it was reported.
    if (isRiposteError(error, 'ERR_CORRUPT') || isRiposteError(error, 'ERR_UNKNOWN_FORMAT')) return undefined
    throw error
  }
}
