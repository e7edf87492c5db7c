/// <reference lib="esnext.disposable" preserve="true" />
/** The inside of a cache, for packages that build on it. It changes with any version. */

export type { HotCall } from './cache/hot-call.ts'
export { areTags, COLLECTABLE, isCollectable, isTag } from './cache/noted.ts'
export { callDigest } from './calls/call-digest.ts'
export type { GoneResult } from './calls/find-call.ts'
export { inspectable } from './calls/inspectable-record.ts'
export { viewQuery } from './calls/query.ts'
export type { Found, StoredPart, StoredRecord } from './calls/stored-record.ts'
export { LAZY_HANDLE } from './digest/lazy-handle.ts'
export { type Engine, engineOf, type HotCalls } from './inside/engine.ts'
export type { Tally } from './inside/tally.ts'
export { anyReferences, referencesMet } from './ref.ts'
