export { type CallDigest, type Digest, asDigest, isDigest } from './digest/address.ts'
export { type DigestOptions, digest } from './digest/digest.ts'
export { type HasOwnDigest, digestOf } from './digest/own-digest.ts'
export { type ErrorCode, type ErrorDetails, RiposteError, isRiposteError } from './errors.ts'
export { type MaybePromise, type Steps, chain, isPromise, run, wait } from './flow.ts'
export {
  type Backend,
  type Entry,
  type EntryInfo,
  type ListOptions,
  PREFIX_BYTES,
  type PutMode,
  type Removal,
  type SyncBackend,
  type Touched,
} from './ports/backend.ts'
export {
  type ArgumentTerm,
  type CallCondition,
  type CallEntry,
  type CallIndex,
  type CallTerms,
  type FindOptions,
  type MetadataTerm,
  type Scalar,
  type ScalarTest,
  type SyncCallIndex,
  isCallIndex,
} from './ports/call-index.ts'
export type {
  Batch,
  BatchResult,
  NamedRef,
  Refs,
  Store,
  SyncRefs,
  SyncStore,
} from './ports/store.ts'
export { type Ref, isRef, ref } from './ref.ts'
export { ANY, type Exact, type MetadataTemplate, type Pattern, type Range, exact } from './matching/pattern.ts'
export type { KeyManagement } from './keys/types.ts'
export type { ValueStorage } from './values/types.ts'
export type {
  CallArguments,
  CallChange,
  CallIdentity,
  CallRecord,
  CallStorage,
  CallTemplate,
  MetadataNamespaces,
  PreparedCall,
  Query,
} from './calls/types.ts'
export type { Cache, CacheOptions, CacheStats, CacheWarning, SweepOptions, SweepResult } from './cache/types.ts'
export { matchesTerms } from './matching/terms.ts'
export { memoryStore } from './stores/memory-store.ts'
export { voidStore } from './stores/void-store.ts'
export { type Around, intercept, type Operation, type SyncAround } from './wrappers/intercept.ts'
export { perKeyLock } from './wrappers/per-key-lock.ts'
export { readOnly } from './wrappers/read-only.ts'
export { serializing } from './wrappers/serializing.ts'
export {
  type ClassDefinition,
  type RegisteredClass,
  type Registry,
  createRegistry,
  defaultRegistry,
  registerClass,
} from './registry/registry.ts'
export { createCache } from './cache/create-cache.ts'
