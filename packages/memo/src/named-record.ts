import type { CallRecord } from '@riposte/core'
import { inspectable } from '@riposte/core/engine'

/**
 * A record as its function's `key` put it: with arguments by name where `key` returned an object. They are built when they
 * are read, once: of a class that is not registered here, they cannot be.
 */
export function viewByName(record: CallRecord): CallRecord<object> {
  const names = record.params
  if (names === undefined) return record
  const named = (values: readonly unknown[]): object => Object.fromEntries(names.map((name, at) => [name, values[at]]))
  let args: object | undefined
  return inspectable({
    digest: record.digest,
    namespace: record.namespace,
    name: record.name,
    version: record.version,
    params: names,
    get args() {
      args ??= named(record.args)
      return args
    },
    loadArgs: async () => named(await record.loadArgs()),
    get resultRef() {
      return record.resultRef
    },
    result: () => record.result(),
    lazyResult: options => record.lazyResult(options),
    metadata: record.metadata,
    expiresAt: record.expiresAt,
    threw: record.threw,
  })
}
