/// <reference lib="esnext.disposable" preserve="true" />
export type { ArchiveProgress, ExportOptions, ExportResult } from './archive/export.ts'
export type { ImportOptions, ImportResult } from './archive/import.ts'
export type { NodeByteSink } from './archive/node-sink.ts'
export type { ArchiveTarget, ByteSink } from './archive/sink.ts'
export type { CopyOptions, CopyProgress, CopyResult } from './cache/copy.ts'
export { createCache } from './cache/create-cache.ts'
export type { FsckKind, FsckOptions, FsckProblem, FsckProgress, FsckReport } from './cache/fsck-types.ts'
export type { LimitOptions, LimitProgress, LimitResult } from './cache/limit-options.ts'
export type { Collectable, Tags } from './cache/noted.ts'
export type { Quarantined, QuarantinedEntry, QuarantineSink } from './cache/quarantine.ts'
export type {
  Cache,
  CacheOptions,
  CacheStats,
  CacheWarning,
  FunctionStats,
  SweepOptions,
  SweepResult,
} from './cache/types.ts'
export type {
  Direction,
  MetadataPointer,
  OrderField,
  Page,
  PageOptions,
  Query,
  SortKey,
  TableOptions,
  TableRow,
} from './calls/query-types.ts'
export type {
  CallArguments,
  CallChange,
  CallIdentity,
  CallRecord,
  CallStorage,
  CallTemplate,
  MetadataNamespaces,
  PreparedCall,
  TransformOptions,
  TransformProgress,
} from './calls/types.ts'
export { asDigest, type CallDigest, type Digest, isDigest } from './digest/address.ts'
export { type DigestOptions, digest } from './digest/digest.ts'
export { digestOf, type HasOwnDigest } from './digest/own-digest.ts'
export { type ErrorCode, type ErrorDetails, isRiposteError, RiposteError } from './errors.ts'
export { chain, isPromise, type MaybePromise, run, type Steps, wait } from './flow.ts'
export type { WorkOptions } from './inside/work-options.ts'
export type { Json } from './json.ts'
export type { KeyManagement } from './keys/types.ts'
export type { LeaseMark, LeaseRow, LeaseTable, LeaseTerms, SyncLeaseTable } from './leases/lease-table.ts'
export { leasesOver } from './leases/leases-over.ts'
export { thisHolder } from './leases/this-holder.ts'
export { type LeaseWait, type LeaseWaitOptions, waitForLease } from './leases/wait-for-lease.ts'
export { compareCodePoints } from './matching/code-points.ts'
export { compareInOrder, placeInOrder, versionValue } from './matching/find-order.ts'
export { ANY, type Exact, exact, type MetadataTemplate, type Pattern, type Range } from './matching/pattern.ts'
export { matchesTerms } from './matching/terms.ts'
export { nearestName } from './nearest-name.ts'
export { checkOptionNames } from './option-names.ts'
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
  type FindOrder,
  type FindPlace,
  type FoundEntry,
  isCallIndex,
  type MetadataTerm,
  type PartTerm,
  type Scalar,
  type ScalarTest,
  type SyncCallIndex,
} from './ports/call-index.ts'
export {
  EVICTIONS_KEPT,
  EVICTIONS_KEPT_FOR,
  type EvictingBackend,
  type Eviction,
  type EvictionCause,
  isEvicting,
  type SyncEvictingBackend,
} from './ports/evicting.ts'
export type {
  HeldLease,
  Holder,
  Lease,
  LeaseOutcome,
  LeaseState,
  Leases,
  SyncLeases,
  TakeOptions,
  Taking,
} from './ports/leases.ts'
export { keepsLeftovers, type Leftover, type LeftoverKeeping } from './ports/leftovers.ts'
export type {
  Batch,
  BatchResult,
  NamedRef,
  Refs,
  Store,
  SyncRefs,
  SyncStore,
} from './ports/store.ts'
export {
  type FunctionSummarizingBackend,
  type FunctionSummary,
  isFunctionSummarizing,
  isSummarizing,
  type SummarizingBackend,
  type Summary,
  type SyncFunctionSummarizingBackend,
  type SyncSummarizingBackend,
} from './ports/summarizing.ts'
export {
  type BegunEntry,
  isMarking,
  isSurveying,
  isTidying,
  type MarkingBackend,
  type Marks,
  type SurveyingBackend,
  type SyncMarkingBackend,
  type SyncMarks,
  type SyncSurveyingBackend,
  type SyncTidyingBackend,
  type TidyingBackend,
} from './ports/tidying.ts'
export { isRef, type Ref, ref } from './ref.ts'
export {
  type ClassDefinition,
  createRegistry,
  defaultRegistry,
  type RegisteredClass,
  type Registry,
  registerClass,
} from './registry/registry.ts'
export { filePath } from './stores/file-path.ts'
export { labelled } from './stores/labelled.ts'
export { memoryStore } from './stores/memory-store.ts'
export { voidStore } from './stores/void-store.ts'
export type { ByteRange } from './values/byte-range.ts'
export type { ByteSource, ByteStream } from './values/byte-source.ts'
export type { Lazy, LazyItem, LazyKey, LazyOptions, LazyPart, LazySlice } from './values/lazy/types.ts'
export type { SaveStreamOptions } from './values/save-stream.ts'
export type { SaveOptions, ValueStorage } from './values/types.ts'
export { type CompressedOptions, compressed } from './wrappers/compressed.ts'
export { type CallOutline, type FilteredOptions, filtered } from './wrappers/filtered.ts'
export { type Around, intercept, type Operation, type SyncAround } from './wrappers/intercept.ts'
export { type LimitedOptions, limited } from './wrappers/limited.ts'
export { perKeyLock } from './wrappers/per-key-lock.ts'
export { pool } from './wrappers/pool.ts'
export { readOnly } from './wrappers/read-only.ts'
export { refreshing } from './wrappers/refreshing.ts'
export { serializing } from './wrappers/serializing.ts'
export type { RejectedEntry } from './wrappers/signed/signed-backend.ts'
export { type SignedOptions, signed } from './wrappers/signed.ts'
export type { TierFailure } from './wrappers/tiered/tiers.ts'
export { type TieredOptions, tiered } from './wrappers/tiered.ts'
export type { StoreOperation } from './wrappers/tracing/operation.ts'
export { type TracingOptions, tracing } from './wrappers/tracing.ts'
