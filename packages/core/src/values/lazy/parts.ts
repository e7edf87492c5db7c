import type { LazySource } from './source.ts'

/** A part that was found, not loaded. */
export interface Part {
  /** Its bytes: one item. */
  readonly item: Uint8Array
  /** From what it is a part of, for people: `.name`, `[3]`. */
  readonly step: string
}

/** What a value consists of, as far as the bytes of its own entry say. The same wherever the value stands: who reads says where, for errors. */
export interface Parts {
  readonly type: string
  /** Elements, properties, entries, members; `undefined` where it is loaded as a whole. */
  readonly size?: number
  /** The part under a key. @throws {TypeError} when such parts have no such keys */
  at?(key: unknown, from: Origin): Promise<Part | undefined>
  /** Absent where parts have no keys. */
  keys?(from: Origin): Promise<readonly unknown[]>
  /** Absent where slices cannot be taken. The slice as a payload. */
  slice?(start: number, end: number, from: Origin): Promise<Uint8Array>
  /** Parts in their order, with their keys where iteration gives those too. */
  iterate?(from: Origin): AsyncIterable<Part & { readonly key?: unknown }>
}

/** Where to read, and the path that errors name. */
export interface Origin {
  readonly source: LazySource
  readonly path: string
}
