import type { EntryInfo } from '../ports/backend.ts'

/** What can be done with keys, of values as of calls. A prefix has at least four digits. */
export interface KeyManagement<K extends string> {
  /** Whether a key, or a key with this prefix, is there. A prefix of fewer than four digits never is. */
  contains(key: string): Promise<boolean>
  /**
   * The one full key that begins with `prefix`.
   * @throws {RiposteError} `ERR_NOT_FOUND` when there is none or the prefix is shorter than four digits, `ERR_AMBIGUOUS_DIGEST` when there are several
   */
  expand(prefix: string): Promise<K>
  /**
   * The shortest prefixes, of four digits or more, that tell each key from all others now there, in the order given.
   * They may be ambiguous later: for showing, not for keeping.
   * @throws {RiposteError} `ERR_NOT_FOUND` when a key is not there
   */
  shrink(keys: readonly string[]): Promise<readonly string[]>
  /** Removes what stands under a key or prefix; says whether something did. */
  evict(key: string): Promise<boolean>
  /** Ascending by key. */
  list(options?: { readonly prefix?: string }): AsyncIterable<EntryInfo>
}
