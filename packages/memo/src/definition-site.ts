import type { AnyFunction } from './types/functions.ts'

/**
 * Notes from where `boundary` was called. The stack is taken at once and made into text only when asked for:
 * that is the slow part, and hardly ever needed.
 */
export function definitionSite(boundary: AnyFunction): () => string {
  const holder: { stack?: string } = {}
  // Not every browser has it.
  Error.captureStackTrace?.(holder, boundary)
  return () => {
    const frame = /^\s+at (.*)$/m.exec(holder.stack ?? '')?.[1] ?? 'an unknown place'
    return /\((.*)\)$/.exec(frame)?.[1] ?? frame
  }
}
