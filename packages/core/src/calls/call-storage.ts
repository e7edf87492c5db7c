import type { CallDigest } from '../digest/address.ts'
import { RiposteError } from '../errors.ts'
import { run } from '../flow.ts'
import type { Engine } from '../inside/engine.ts'
import type { Inside } from '../inside/inside.ts'
import { createKeyManagement } from '../keys/key-management.ts'
import { expandKey, type KeySpace } from '../keys/key-space.ts'
import { readKey } from '../keys/prefix.ts'
import { readRecord } from './find-call.ts'
import { openForPeople } from './open-record.ts'
import type { CallArguments, CallIdentity, CallRecord, CallStorage, PreparedCall } from './types.ts'

/** The calls of a cache. */
export function createCallStorage(inside: Inside, engine: Engine): CallStorage {
  const space: KeySpace = { backend: inside.store.calls, noun: 'call' }
  const drop = (digest: CallDigest): void => engine.hot?.delete(digest)
  const { contains, evict, expand, list, shrink } = createKeyManagement<CallDigest>(space, {
    checkOpen: () => inside.checkOpen(),
    // The keys of this backend are those of calls.
    evicted: key => drop(key as string as CallDigest),
  })

  async function load<R>(key: CallDigest<R>): Promise<CallRecord<readonly unknown[], R>>
  async function load(prefix: string): Promise<CallRecord>
  async function load(key: string): Promise<CallRecord> {
    inside.checkOpen()
    const asked = readKey(key)
    const digest = (asked.kind === 'full' ? asked.key : await run(expandKey(space, key))) as string as CallDigest
    const read = await run(readRecord(inside, digest))
    if (read === undefined) throw new RiposteError('ERR_NOT_FOUND', `no call is stored as ${digest}`, { key: digest })
    return openForPeople(inside, read.record)
  }

  return {
    contains,
    evict,
    expand,
    list,
    shrink,
    load,
    prepare<R>(
      identity: CallIdentity,
      args: CallArguments,
      options?: { readonly storeArguments?: boolean },
    ): PreparedCall<R> {
      // Which result the call will have is the caller's word.
      return engine.prepare(identity, args, options) as PreparedCall<R>
    },
    async commit<R>(
      call: PreparedCall<R>,
      result: R,
      options: { readonly metadata?: { readonly [namespace: string]: unknown }; readonly replace?: boolean } = {},
    ): Promise<CallDigest<R>> {
      const { metadata = {}, replace = false } = options
      await engine.commit(call, result, { metadata, replace })
      return call.digest
    },
    abandon: call => engine.abandon(call),
    query: (template = {}) => engine.query(template),
    async transform(change, options = {}) {
      const { transformCalls } = await inside.upkeep()
      return transformCalls(inside, 'transform', change, options, drop)
    },
  }
}
