import type { CallStorage } from '../calls/types.ts'
import type { Digest } from '../digest/address.ts'
import type { Store } from '../ports/store.ts'
import type { Ref } from '../ref.ts'
import type { Registry } from '../registry/registry.ts'
import type { ValueStorage } from '../values/types.ts'

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
  readonly values: { readonly entries: number; readonly bytes: number }
  readonly calls: { readonly entries: number; readonly bytes: number }
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
  /** Keeps a value from the sweep, under a name; the digest unless given. */
  pin(key: Digest | Ref, name?: string): Promise<void>
  /** Takes back a pin; says whether there was one of this name. */
  unpin(name: string): Promise<boolean>
  stats(): Promise<CacheStats>
  /** Ends the use of the cache and its store. A second `close` does nothing. */
  close(): Promise<void>
}
