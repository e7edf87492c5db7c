import type { CallRecord } from '@riposte/core'
import { inspectable } from '@riposte/core/engine'

/** A record as its function's `key` put it: with arguments by name where `key` returned an object. */
export function viewByName(record: CallRecord): CallRecord<object> {
  const names = record.params
  if (names === undefined) return record
  const named = (values: readonly unknown[]): object => Object.fromEntries(names.map((name, at) => [name, values[at]]))
  return inspectable({
    digest: record.digest,
    namespace: record.namespace,
    name: record.name,
    version: record.version,
    params: names,
    args: named(record.args),
    loadArgs: async () => named(await record.loadArgs()),
    resultRef: record.resultRef,
    result: () => record.result(),
    lazyResult: options => record.lazyResult(options),
    metadata: record.metadata,
    expiresAt: record.expiresAt,
    threw: record.threw,
  })
}
