import type { Digest, digest, Registry, ref } from '@riposte/core'

/** What of `@riposte/core`, built or in source, the vectors are made with. */
export interface Core {
  readonly createRegistry: () => Registry
  readonly digest: typeof digest
  readonly digestOf: symbol
  readonly ref: typeof ref
  readonly canonicalEncoding: (
    value: unknown,
    registry: Registry,
  ) => { readonly digest: string; readonly bytes: Uint8Array }
}

/** A value in the notation of README.md: an object told by `t`. */
export interface Notation {
  readonly t: string
  readonly [field: string]: unknown
}

export interface Vector {
  readonly name?: string
  readonly value: Notation
  /** In hex; where it is longer than shown, its length stands instead. */
  readonly encoding?: string
  readonly length?: number
  readonly digest: Digest
}

export declare function vectorsOf(core: Core): readonly (readonly [group: string, text: string])[]
export declare function realize(
  notation: Notation,
  core: Core,
): { readonly value: unknown; readonly registry: Registry }
