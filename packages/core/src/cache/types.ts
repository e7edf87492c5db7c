import type { ExportOptions, ExportResult } from '../archive/export.ts'
import type { ImportOptions, ImportResult } from '../archive/import.ts'
import type { ArchiveTarget } from '../archive/sink.ts'
import type { CallStorage, CallTemplate, TransformOptions } from '../calls/types.ts'
import type { Digest } from '../digest/address.ts'
import type { WorkOptions } from '../inside/work-options.ts'
import type { Store } from '../ports/store.ts'
import type { FunctionSummary, Summary } from '../ports/summarizing.ts'
import type { Ref } from '../ref.ts'
import type { Registry } from '../registry/registry.ts'
import type { ByteSource } from '../values/byte-source.ts'
import type { ValueStorage } from '../values/types.ts'
import type { CopyOptions, CopyResult } from './copy.ts'
import type { FsckOptions, FsckReport } from './fsck-types.ts'
import type { LimitOptions, LimitResult } from './limit-options.ts'
import type { Collectable, Tags } from './noted.ts'
import type { Quarantined } from './quarantine.ts'

export interface CacheOptions {
  /** Parts whose stored form is larger, in bytes, become entries of their own. 4096 unless given; from 0 up. Never changes a digest. */
  readonly inlineBelow?: number
  /** Bounds of the table of hot calls in front of the store; `false` for none. 10,000 entries and 64 MiB unless given. */
  readonly hot?: { readonly entries?: number; readonly bytes?: number } | false
  /** How long a hot call answers without a look at the store, in milliseconds. 5,000 unless given. */
  readonly hotFor?: number
  /** Whether a second function of different source under one identity is refused (default) or only warned of. */
  readonly duplicates?: 'refuse' | 'warn'
  /** The classes whose instances can be digested, stored and built. The process-wide registry unless given. */
  readonly registry?: Registry
  /**
   * Told of what went wrong without failing a call. Writes to `process.emitWarning` or the console unless given. What it
   * throws becomes an uncaught error; no call is the poorer for it.
   */
  readonly onWarning?: (warning: CacheWarning) => void
  /** Tags of every call that a memoized function records here. Those of scopes and functions go over them. */
  readonly tags?: Tags
  /** Circumstances that every memoized function notes here as metadata, beside those of its own option `collect`. */
  readonly collect?: readonly Collectable[]
}

/**
 * What went wrong, or may surprise, without failing a call.
 *
 * - `corrupt`: a stored entry is not what was written, and counts as a miss.
 * - `store`: the store failed, and calls went on without it.
 * - `uncached`: a call runs uncached, or its result is not kept; told once for each function and reason.
 * - `duplicate`: a second function has the identity of another.
 * - `refresh`: a stale result was answered, and could not be renewed.
 * - `waiting`: a call waits for another thread or process that computes the same.
 * - `class`: an error is kept that comes back as one of another class, for its own is not registered.
 * - `source`: what is answered was computed by other source text of the function.
 */
export interface CacheWarning {
  readonly code: 'corrupt' | 'store' | 'uncached' | 'duplicate' | 'refresh' | 'waiting' | 'class' | 'source'
  readonly message: string
  readonly cause?: unknown
}

/** Progress counts entries. `mark`: what stays is found; `sweep`: what is left is removed. */
export interface SweepOptions extends WorkOptions<{ readonly phase: 'mark' | 'sweep'; readonly done: number }> {
  /** Milliseconds; entries touched less long ago stay. 24 hours unless given. */
  readonly grace?: number
  /** Count only; remove nothing. */
  readonly dryRun?: boolean
}

export interface SweepResult {
  /** Entries removed (with `dryRun`: that would be). */
  readonly removed: number
  /** Entries that stay. */
  readonly kept: number
  /** Bytes of the removed entries. */
  readonly bytes: number
}

/**
 * What is stored, and how this cache object was used. Times are whole milliseconds, rounded down. Hits and misses are those of this object since it was made: they are
 * kept nowhere, since writing them down would make every hit a write.
 */
export interface CacheStats {
  readonly values: Summary
  readonly calls: Summary & {
    /** What is recorded or was looked up; ascending by namespace, then name. */
    readonly functions: readonly FunctionStats[]
  }
  /** Calls that were answered without running their body. */
  readonly hits: number
  readonly misses: number
}

/** The calls of one function, over all versions. */
export interface FunctionStats extends FunctionSummary {
  readonly hits: number
  readonly misses: number
}

/** Values, calls and policy over one store. */
export interface Cache<S extends Store = Store> extends AsyncDisposable {
  readonly store: S
  readonly values: ValueStorage
  readonly calls: CallStorage
  /**
   * Removes values that no call record, pin or named ref reaches and that are older than the grace period. Safe beside writers in any process.
   * @throws {RiposteError} `ERR_ABORTED`; `ERR_BACKEND` when a read or a removal fails: what was removed by then was garbage
   */
  gc(options?: SweepOptions): Promise<SweepResult>
  /**
   * Brings the store within bounds, now: removes calls, in the order of the policy, each with the values that only it needs;
   * values that no call needs take their turn among them. Pinned values, what named refs hold and what is being saved stay, with
   * all they need, and so does what another version wrote: bounds that these exceed are not reached. `limited` keeps a store within bounds all the time.
   *
   * Safe beside writers in any process: what is used or written meanwhile stays. Where the store counts for itself and is within the
   * bounds, nothing is listed; else it takes some 600 bytes of memory for each entry, and reads the headers of all if something must go.
   *
   * @throws {RiposteError} `ERR_REJECTED` for `lfu`, since stores keep no count of uses; `ERR_ABORTED`; `ERR_BACKEND`
   */
  limit(options: LimitOptions): Promise<LimitResult>
  /**
   * Looks at everything that is stored: seals, digests, links, records. Changes nothing unless `repair` is given; what that
   * removes is kept aside. Others may read and write meanwhile.
   *
   * @throws {RiposteError} `ERR_REJECTED` when a repair is to keep aside in a store that keeps no named refs
   */
  fsck(options?: FsckOptions): Promise<FsckReport>
  /** What repairs have kept aside in this store. */
  quarantined(): AsyncIterable<Quarantined>
  /**
   * Copies calls, with all values that they need, into another cache: as they are stored, values before records.
   * What is there already is skipped.
   */
  copyTo(other: Cache, options?: CopyOptions & { readonly template?: CallTemplate }): Promise<CopyResult>
  /** Files records anew whose key no longer is what their identity and arguments give. Run twice, it changes nothing more. */
  redigest(options?: TransformOptions): Promise<{ readonly changed: number; readonly kept: number }>
  /**
   * Writes calls, values and pins, or the calls that match a template with their values, into one archive.
   * `spec/archive.md` describes it.
   *
   * @param target - a `WritableStream`, a Node `Writable`: `createWriteStream(path)`, or a function that reads bytes: `bytes => writeFile(path, bytes)`
   */
  export(target: ArchiveTarget, options?: ExportOptions): Promise<ExportResult>
  /**
   * Stores what an archive holds. Each entry is checked before it is stored, and no record is stored before what it needs;
   * what was stored when it fails, or is aborted, stays and is whole.
   *
   * @throws {RiposteError} `ERR_CORRUPT`, `ERR_UNKNOWN_FORMAT`, `ERR_ABORTED`; what the source throws
   */
  import(source: ByteSource, options?: ImportOptions): Promise<ImportResult>
  /** Keeps a value from the sweep, under a name; the digest unless given. */
  pin(key: Digest | Ref, name?: string): Promise<void>
  /** Takes back a pin; says whether there was one of this name. */
  unpin(name: string): Promise<boolean>
  /**
   * How much is stored, of which functions, and how often this cache object answered. Lists and reads what the store does
   * not count itself.
   */
  stats(): Promise<CacheStats>
  /**
   * Ends the use of the cache and its store, once the records being written are, and stale results being renewed (those for up
   * to ten seconds). Other calls under way end without being recorded. A second `close` does nothing.
   */
  close(): Promise<void>
}
