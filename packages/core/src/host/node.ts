/** What differs between Node and other hosts. This is Node's half. */

import type { TracingChannel } from 'node:diagnostics_channel'
import type { Holder } from '../ports/leases.ts'
import type { Compressor } from './compressor.ts'
import type { OperationChannel, OperationEvent } from './operation-channel.ts'

export { inspectRecord } from './inspect-record.ts'

export type Bytes = Uint8Array

// None is imported: for an `import` of fs or util Node loads all that these leave for later, which takes 1 to 2 ms.
// What is not loaded in every process is loaded at its first use: zlib takes 2 ms.
const { inspect, types } = process.getBuiltinModule('node:util')
const fs = () => process.getBuiltinModule('node:fs')
const os = () => process.getBuiltinModule('node:os')
const url = () => process.getBuiltinModule('node:url')
const zlib = () => process.getBuiltinModule('node:zlib')

/** Where Node looks for how an object is shown. */
export const INSPECT: unique symbol = /* @__PURE__ */ Symbol.for('nodejs.util.inspect.custom')

/** Whether a value is one of Node's Buffers, told by its prototype. */
export const bufferPrototype: object | undefined = Buffer.prototype

/** A Buffer over memory. */
export function bufferOver(memory: ArrayBuffer): Uint8Array {
  return Buffer.from(memory)
}

/** Bytes as a string of one character each, for comparing and for keys. */
export function latin1(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.prototype.latin1Slice.call(bytes, start, end)
}

/** Bytes as lower-case hex digits. */
export function hex(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.prototype.hexSlice.call(bytes, start, end)
}

/** UTF-8 as a string. The bytes must be well-formed. */
export function utf8(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.prototype.utf8Slice.call(bytes, start, end)
}

export function isProxy(value: object): boolean {
  return types.isProxy(value)
}

/** Whether a value has internal state that its own properties do not show, though `Object.prototype.toString` calls it an object. */
export function hasInternalState(value: object): boolean {
  // Each call in a place of its own: 90 ns, against 250 for a loop over the list of them.
  return (
    ArrayBuffer.isView(value) ||
    types.isMap(value) ||
    types.isSet(value) ||
    types.isPromise(value) ||
    types.isWeakMap(value) ||
    types.isWeakSet(value) ||
    types.isAnyArrayBuffer(value) ||
    types.isGeneratorObject(value) ||
    types.isMapIterator(value) ||
    types.isSetIterator(value) ||
    types.isModuleNamespaceObject(value) ||
    types.isExternal(value)
  )
}

const LOOK = { maxArrayLength: 0, depth: 0, customInspect: false } as const
const BARE = /^[\w ()[\]]*\[(?: \.\.\. \d+ more items? )?\]$/

/**
 * Whether a large array or view may have enumerable properties beside its elements. Asks `util.inspect`, which counts
 * elements without naming them: 4 to 11 µs, where `Object.keys` takes 86 ms on a million elements.
 */
export function mayHaveExtras(value: object): boolean {
  return types.isProxy(value) || !BARE.test(inspect(value, LOOK))
}

/**
 * This thread among all. Processes of one machine in different containers are not on one host, even if it has one
 * name: what the system says of a `pid` counts in its own namespace.
 */
export function thisThread(): Holder {
  const { pid } = process
  return { host: hostOfPids(), pid, started: statusOf(`${pid}`)?.started ?? '', thread: threadName() }
}

/** Whether a thread lives: `unknown` on other hosts, and of worker threads where the system does not tell. */
export function lifeOf({ host, pid, started, thread }: Holder): 'running' | 'ended' | 'unknown' {
  if (host !== hostOfPids()) return 'unknown'
  if (!exists(pid)) return 'ended'
  const status = statusOf(`${pid}`)
  if (status !== undefined && (status.ended || (started !== '' && status.started !== started))) return 'ended'
  // Some systems do not say, or not of others' processes. A process ends with its main thread.
  if (thread === '') return 'running'
  if (status !== undefined) return lifeOfTask(pid, thread)
  return pid === process.pid && thread === threadName() ? 'running' : 'unknown'
}

/**
 * The main thread has no name; a worker has that of the system, which tells of it by that name, or else Node's. Linux is
 * asked first, as to load `worker_threads` takes 1.4 ms.
 */
function threadName(): string {
  const task = statusOf('thread-self')
  if (task !== undefined) return task.id === process.pid ? '' : `${task.id}-${task.started}`
  const { isMainThread, threadId } = process.getBuiltinModule('node:worker_threads')
  return isMainThread ? '' : `worker-${threadId}`
}

/** Of a process of which Linux tells. */
function lifeOfTask(pid: number, thread: string): 'running' | 'ended' | 'unknown' {
  const [, id, started] = /^(\d+)-(.+)$/.exec(thread) ?? []
  if (id === undefined) return 'unknown'
  const path = `${pid}/task/${id}`
  const status = statusOf(path)
  // What could not be read for another reason, as want of file descriptors, may be there.
  if (status === undefined) return fs().existsSync(`/proc/${path}`) ? 'unknown' : 'ended'
  return status.ended || status.started !== started ? 'ended' : 'running'
}

function hostOfPids(): string {
  const name = os()
    .hostname()
    .replace(/[^\w.-]/g, '-')
    .slice(0, 64)
  const space = quietly(() => fs().readlinkSync('/proc/self/ns/pid'))?.match(/\d+/)?.[0]
  return space === undefined ? `host-${name}` : `${name}-${space}`
}

function exists(pid: number): boolean {
  if (pid <= 0) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // It is there, and not ours to signal.
    return (error as NodeJS.ErrnoException).code === 'EPERM' // kill throws the system's errors only
  }
}

interface Status {
  /** Of a process or a thread: both are counted in one row, and a main thread has the number of its process. */
  readonly id: number
  readonly started: string
  readonly ended: boolean
}

/**
 * What Linux says of a process or of a thread, which it calls a task. Its start is in ticks since the machine's own,
 * which has an id.
 *
 * @see proc_pid_stat(5): the second field, in parentheses, may hold anything; after it, state is the first, starttime the 20th
 */
function statusOf(path: string): Status | undefined {
  const stat = quietly(() => fs().readFileSync(`/proc/${path}/stat`, 'latin1'))
  const boot = quietly(() => fs().readFileSync('/proc/sys/kernel/random/boot_id', 'latin1'))
  if (stat === undefined || boot === undefined) return undefined
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [state] = fields
  // Ended, and not yet noticed by its parent.
  const ended = state === 'Z' || state === 'X'
  return { id: Number.parseInt(stat, 10), started: `${fields[19]}-${boot.slice(0, 8)}`, ended }
}

/** The home directory, if there is one: a user that the system does not know may have none. */
export function homeFolder(): string | undefined {
  return quietly(() => os().homedir()) || undefined
}

/** @throws {TypeError} when it leads to no path here, as that of another host */
export function pathOfFileUrl(href: string): string {
  return url().fileURLToPath(href)
}

/** What the system says, `undefined` if it does not. */
function quietly<T>(ask: () => T): T | undefined {
  try {
    return ask()
  } catch (error) {
    if (error instanceof Error && 'code' in error) return undefined
    throw error
  }
}

export const brotli: Compressor | undefined = {
  // 100 KB of rows: 0.7 ms and 6.4 times smaller at quality 4, 13 ms and 6.4 at 9, 99 ms and 8.0 at 11.
  compress(bytes, level = 4) {
    const { brotliCompressSync, constants } = zlib()
    const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_SIZE_HINT } = constants
    return brotliCompressSync(bytes, {
      params: { [BROTLI_PARAM_QUALITY]: level, [BROTLI_PARAM_SIZE_HINT]: bytes.length },
    })
  },
  decompress: (bytes, length) => zlib().brotliDecompressSync(bytes, { maxOutputLength: Math.max(1, length) }),
}

/** Zstandard is in Node from 22.15 on, so the types of older ones lack it. */
interface Zstd {
  zstdCompressSync(bytes: Uint8Array, options: { readonly params: Readonly<Record<number, number>> }): Uint8Array
  zstdDecompressSync(bytes: Uint8Array, options: { readonly maxOutputLength: number }): Uint8Array
}

/** ZSTD_c_compressionLevel of zstd.h. */
const ZSTD_LEVEL = 100

// The types are those of Node 20; the versions of what Node is made of say whether it is there.
const zstdOfNode = () => zlib() as ReturnType<typeof zlib> & Zstd

export const zstd: Compressor | undefined =
  'zstd' in process.versions
    ? {
        compress: (bytes, level = 3) => zstdOfNode().zstdCompressSync(bytes, { params: { [ZSTD_LEVEL]: level } }),
        decompress: (bytes, length) => zstdOfNode().zstdDecompressSync(bytes, { maxOutputLength: Math.max(1, length) }),
      }
    : undefined

/** The channels `tracing:riposte:store:start`, `…:end`, `…:asyncStart`, `…:asyncEnd` and `…:error` of Node's `diagnostics_channel`. */
export const storeOperations: OperationChannel = /* @__PURE__ */ operationChannel('riposte:store')

function operationChannel(name: string): OperationChannel {
  let opened: TracingChannel<unknown, OperationEvent> | undefined
  const channels = (): TracingChannel<unknown, OperationEvent> => {
    opened ??= process.getBuiltinModule('node:diagnostics_channel').tracingChannel<unknown, OperationEvent>(name)
    return opened
  }
  const fail = (event: OperationEvent, cause: unknown): void => {
    event.error = cause
    channels().error.publish(event)
  }
  const finish = (event: OperationEvent): void => {
    const { asyncStart, asyncEnd } = channels()
    asyncStart.publish(event)
    asyncEnd.publish(event)
  }
  return {
    isHeard() {
      const { start, end, asyncStart, asyncEnd, error } = channels()
      return [start, end, asyncStart, asyncEnd, error].some(channel => channel.hasSubscribers)
    },
    // As TracingChannel does, which has one way for what answers now and another for what answers later.
    run: (event, operation) =>
      channels().start.runStores(event, () => {
        try {
          const result = operation()
          if (!(result instanceof Promise)) return result
          return result.then(
            value => {
              finish(event)
              return value
            },
            (cause: unknown) => {
              fail(event, cause)
              finish(event)
              throw cause
            },
          )
        } catch (cause) {
          fail(event, cause)
          throw cause
        } finally {
          channels().end.publish(event)
        }
      }),
    begin(event) {
      const { start, end } = channels()
      start.publish(event)
      end.publish(event)
    },
    end(event) {
      if (event.error !== undefined) channels().error.publish(event)
      finish(event)
    },
  }
}
