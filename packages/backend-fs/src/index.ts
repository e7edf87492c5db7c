export type { FsStoreOptions } from './fs-store.ts'
export { fsStore } from './fs-store.ts'
