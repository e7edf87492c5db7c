/** Values that are never whole in memory, which few programs have: loaded as one module when the first is wanted. */
export { checkLazyOptions, openLazy } from './lazy/lazy.ts'
export { loadByteStream } from './load-stream.ts'
export { saveByteStream } from './save-stream.ts'
