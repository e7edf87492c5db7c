import { shownArguments } from '../../calls/open-record.ts'
import type { StoredRecord } from '../../calls/stored-record.ts'
import type { MetadataNamespaces } from '../../calls/types.ts'
import type { CallDigest, Digest } from '../../digest/address.ts'
import type { Ref } from '../../ref.ts'
import type { Registry } from '../../registry/registry.ts'

/** What of a call record can be looked at without reading a value. */
export interface CallOutline {
  readonly digest: CallDigest
  readonly namespace: string
  readonly name: string
  readonly version: string | number | undefined
  readonly params: readonly string[] | undefined
  /**
   * Arguments that travel inside the record as values, larger ones as references. Built when they are asked for, which
   * throws `ERR_UNKNOWN_CLASS` where the class of one is not registered.
   */
  readonly args: readonly (unknown | Ref)[]
  readonly argumentDigests: readonly Digest[]
  readonly resultDigest: Digest
  readonly metadata: Partial<MetadataNamespaces> & { readonly [namespace: string]: unknown }
}

export function outlineOf(record: StoredRecord, registry: Registry): CallOutline {
  const { digest, identity, names, result, metadata } = record
  let args: CallOutline['args'] | undefined
  return {
    digest,
    namespace: identity.namespace,
    name: identity.name,
    version: identity.version,
    params: names,
    get args() {
      args ??= shownArguments(record, registry)
      return args
    },
    argumentDigests: record.args.map(arg => arg.digest),
    resultDigest: result.digest,
    metadata,
  }
}
