import type { CacheWarning } from '../cache/types.ts'

interface Host {
  readonly process?: { emitWarning?(message: string, options: { readonly type: string; readonly code: string }): void }
}

/** Where warnings go unless the cache is told otherwise: Node's own channel, the console elsewhere. */
export function emitWarning({ code, message }: CacheWarning): void {
  // `process` is a global of Node and of hosts that imitate it.
  const { process } = globalThis as Host
  if (typeof process?.emitWarning === 'function') {
    process.emitWarning(message, { type: 'RiposteWarning', code: `RIPOSTE_${code.toUpperCase()}` })
  } else console.warn(`riposte: ${message}`)
}
