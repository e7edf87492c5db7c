import type { ANY, Exact, MetadataNamespaces, Pattern } from '@riposte/core'
import type { AnyFunction } from './functions.ts'

/** What a rest parameter takes: the array that is left when no parameter stands before it. */
type RestOf<K extends readonly unknown[]> = '0' extends keyof K
  ? K extends readonly [unknown?, ...infer Rest]
    ? RestOf<Rest>
    : never
  : K

/** Patterns by the names in `params`; a rest parameter is matched whole. */
export type NamedTemplate<K extends readonly unknown[], P extends readonly unknown[]> = {
  readonly [I in keyof P & `${number}` as P[I] extends `...${infer Name}`
    ? Name
    : P[I] & string]?: P[I] extends `...${string}`
    ? ANY | RestOf<K> | Exact<RestOf<K>>
    : I extends keyof K
      ? Pattern<K[I]>
      : never
}

/** Patterns by position. */
export type PositionalTemplate<K extends readonly unknown[]> = { readonly [I in keyof K]?: Pattern<K[I]> }

/** What to ask of arguments: by the names of what `key` returned, or by the names in `params`, or by position. */
export type Template<
  F extends AnyFunction,
  P extends readonly unknown[],
  K extends object,
> = K extends readonly unknown[]
  ? NamedTemplate<Parameters<F>, P> | PositionalTemplate<K>
  : { readonly [N in keyof K]?: Pattern<K[N]> }

/** Metadata that is there where the option `collect` asks for it. */
export interface CollectedMetadata {
  /**
   * Where the body ran: Node's version without `v`, the platform with the architecture, the host, the name of the user
   * and the working directory, where the system tells those two.
   */
  readonly environment: {
    readonly node: string
    readonly platform: string
    readonly hostname: string
    readonly user?: string
    readonly cwd?: string
  }
  /** The working directory's repository: `branch` and `commit` are missing where there is none, as before a first commit. */
  readonly git: { readonly root: string; readonly commit?: string; readonly branch?: string; readonly dirty: boolean }
  /** Of the whole process while the body ran: processor time in milliseconds, and the heap in use at its end, in bytes. */
  readonly resources: {
    readonly cpuUserMs: number
    readonly cpuSystemMs: number
    readonly heapUsedBytes: number
  }
}

/** All metadata of a function's calls: what every call has, what `collect` notes, and what its `metadata` option adds. */
export type MetadataOf<M> = MetadataNamespaces & CollectedMetadata & M
