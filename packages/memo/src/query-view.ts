/** A query whose records are seen otherwise. */
export { viewQuery } from '@riposte/core/engine'
