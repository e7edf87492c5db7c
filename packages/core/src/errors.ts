import type { Digest } from './digest/address.ts'

/** What each code says beside its message. The list is closed; compare `code`, never text. */
export interface ErrorDetails {
  /** Nothing is stored under the key or prefix. */
  ERR_NOT_FOUND: { readonly key: string }
  /** A prefix fits several keys. `length` digits of one of them tell it from the others. */
  ERR_AMBIGUOUS_DIGEST: { readonly prefix: string; readonly candidates: readonly string[]; readonly length: number }
  /** A value holds what cannot be told apart from something else, or cannot be stored. */
  ERR_UNDIGESTIBLE: { readonly path: string; readonly kind: string }
  /** A value contains itself. */
  ERR_CYCLIC: { readonly path: string }
  /** A `ref` claims a value that is not stored, or that is too small for a reference to stand in its place. */
  ERR_FALSE_REFERENCE: { readonly digest: Digest; readonly path: string }
  /** Stored bytes are not what was written under their key; or a value that is to be saved is not what its saver expects. */
  ERR_CORRUPT: { readonly key: string; readonly reason: string }
  /** A stored instance names a class that is not registered. */
  ERR_UNKNOWN_CLASS: { readonly id: string }
  /** Stored by a later format than this version reads, or of a kind that this runtime cannot build. The entry is left as it is. */
  ERR_UNKNOWN_FORMAT: { readonly key: string; readonly format: number }
  /** A directory or database holds something other than a Riposte store. */
  ERR_NOT_A_STORE: { readonly location: string }
  /** A write to something that is read-only. */
  ERR_REJECTED: { readonly operation: string }
  /** Two functions ask for one identity on one cache. */
  ERR_DUPLICATE_IDENTITY: { readonly identity: string; readonly sites: readonly string[] }
  /** An engine failed; `cause` is its own error. */
  ERR_BACKEND: { readonly operation: string; readonly location?: string }
  /** A signal ended the work. */
  ERR_ABORTED: { readonly operation: string }
  /** The cache or store was closed before. */
  ERR_CLOSED: { readonly what: string }
  /** A bound on size, count or depth was reached; nothing was lost. */
  ERR_LIMIT: { readonly limit: string; readonly bound: number }
}

export type ErrorCode = keyof ErrorDetails

/** The one error class of Riposte. `details` depends on `code`; what caused it is kept in `cause`. */
export class RiposteError<C extends ErrorCode = ErrorCode> extends Error {
  readonly code: C
  readonly details: ErrorDetails[C]

  constructor(code: C, message: string, details: ErrorDetails[C], options?: { readonly cause?: unknown }) {
    super(message, options)
    this.name = 'RiposteError'
    this.code = code
    this.details = details
  }
}

/**
 * Tells whether `error` is Riposte's and, if a code is given, has it.
 * Goes by name, so that two installed copies of Riposte agree.
 */
export function isRiposteError<C extends ErrorCode = ErrorCode>(error: unknown, code?: C): error is RiposteError<C> {
  if (!(error instanceof Error) || error.name !== 'RiposteError') return false
  return code === undefined || (error as RiposteError).code === code
}
