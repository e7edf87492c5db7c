import type { ExportOptions, ExportResult } from '../archive/export.ts'
import type { ImportOptions, ImportResult } from '../archive/import.ts'
import type { ArchiveTarget } from '../archive/sink.ts'
import type { CallStorage, CallTemplate } from '../calls/types.ts'
import type { Digest } from '../digest/address.ts'
import type { Store } from '../ports/store.ts'
import type { FunctionSummary, Summary } from '../ports/summarizing.ts'
import type { Ref } from '../ref.ts'
import type { Registry } from '../registry/registry.ts'
import type { ByteSource } from '../values/byte-source.ts'
import type { ValueStorage } from '../values/types.ts'
import type { CopyOptions, CopyResult } from './copy.ts'
import type { FsckOptions, FsckReport } from './fsck-types.ts'

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
  /** Told of what went wrong without failing a call. Writes to `process.emitWarning` or the console unless given. */
  readonly onWarning?: (warning: CacheWarning) => void
}

export interface CacheWarning {
  readonly code: 'corrupt' | 'store' | 'uncached' | 'duplicate' | 'refresh'
  readonly message: string
  readonly cause?: unknown
}

export interface SweepOptions {
  /** Milliseconds; entries touched less long ago stay. 24 hours unless given. */
  readonly grace?: number
  /** Count only; remove nothing. */
  readonly dryRun?: boolean
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: { readonly phase: 'mark' | 'sweep'; readonly done: number }) => void
}

export interface SweepResult {
  /** Entries removed (with `dryRun`: that would be). */
  readonly removed: number
  readonly kept: number
  /** Bytes of the removed entries. */
  readonly bytes: number
}

export interface CacheStats {
  readonly values: Summary
  readonly calls: Summary & {
    /** Ascending by namespace, then name. */
    readonly functions: readonly FunctionSummary[]
  }
}

/** Values, calls and policy over one store. */
export interface Cache<S extends Store = Store> extends AsyncDisposable {
  readonly store: S
  readonly values: ValueStorage
  readonly calls: CallStorage
  /**
   * Removes values that no call record, pin or named ref reaches and that are older than the grace period. Safe beside writers in any process.
   * @throws {RiposteError} `ERR_BACKEND` when a read fails: then nothing was removed
   */
  gc(options?: SweepOptions): Promise<SweepResult>
  /**
   * Looks at everything that is stored: seals, digests, links, records. Changes nothing unless `repair` is given. Others may
   * read and write meanwhile.
   */
  fsck(options?: FsckOptions): Promise<FsckReport>
  /**
   * Copies calls, with all values that they need, into another cache: as they are stored, values before records.
   * What is there already is skipped.
   */
  copyTo(other: Cache, options?: CopyOptions & { readonly template?: CallTemplate }): Promise<CopyResult>
  /** Files records anew whose key no longer is what their identity and arguments give. Run twice, it changes nothing more. */
  redigest(): Promise<{ readonly changed: number; readonly kept: number }>
  /**
   * Writes calls, values and pins, or the calls that match a template with their values, into one archive.
   * `spec/archive.md` describes it.
   *
   * @param target - a `WritableStream`, or a function that reads bytes: `bytes => writeFile(path, bytes)`
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
  /** How much is stored, and of which functions. Lists and reads what the store does not count itself. */
  stats(): Promise<CacheStats>
  /** Ends the use of the cache and its store. A second `close` does nothing. */
  close(): Promise<void>
}
