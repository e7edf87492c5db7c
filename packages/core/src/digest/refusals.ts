/** What is said of a value that has no digest: what it is, where it stands, and why. */
import { RiposteError } from '../errors.ts'
import { describe } from './kinds.ts'
import { LAZY_HANDLE } from './lazy-handle.ts'
import { MAX_DEPTH } from './memory.ts'
import { joinPaths, pathTo } from './path.ts'

/** The value that is walked over, in which paths begin. */
interface Rooted {
  readonly root: unknown
}

/** A value whose kind has no digest. */
export function refuse(within: Rooted, value: unknown, why?: string): RiposteError {
  const kind = describe(value)
  return undigestible(within, value, kind, `has no digest: ${why ?? reasonFor(value, kind)}`)
}

function reasonFor(value: unknown, kind: string): string {
  if (kind === LAZY_HANDLE) return 'it is no value; pass its ref instead, or what its load() gives'
  if (typeof value !== 'object' || value === null) return 'it is of no supported kind'
  if (kind === 'instance of Promise') return 'it is not settled; await it first'
  if (kind === '[object Object]') return 'it is no plain object; pass { ...it }, or register its class'
  return 'its class is not registered; register it with registerClass, or give it a [digestOf] method if it need not be stored'
}

/** A value that has a digest, and nothing to store under it. */
export function digestOnly(within: Rooted, value: object): RiposteError {
  return undigestible(within, value, 'digest only', 'has a digest of its own, but cannot be stored')
}

/** A value that had other parts when they were counted than when they were read. */
export function changing(within: Rooted, value: object): RiposteError {
  return undigestible(within, value, describe(value), 'changes while it is read')
}

/** A value that is deeper than one walk goes, and of which a second walk finds none of what the first one put off. */
export function remaking(within: Rooted, value: object): RiposteError {
  const text = `makes parts deeper than ${MAX_DEPTH} levels anew at every read`
  return undigestible(within, value, describe(value), text)
}

export function cyclic({ root }: Rooted, value: object): RiposteError {
  const path = joinPaths(pathTo(root, value), pathTo(value, value, { inside: true }))
  return new RiposteError('ERR_CYCLIC', `the value contains itself at ${path}; a cyclic value has no digest`, { path })
}

/** What a getter, a proxy or a class's own code threw, while `holder` was read, is the cause of a refusal that names the place. */
export function explain({ root }: Rooted, holder: object | undefined, error: unknown): unknown {
  if (error instanceof RiposteError) return error
  const path = holder === undefined ? '' : pathTo(root, holder)
  const where = path === '' ? 'it' : path
  return new RiposteError(
    'ERR_UNDIGESTIBLE',
    `reading ${where} failed: ${error instanceof Error ? error.message : String(error)}`,
    { path, kind: describe(holder) },
    { cause: error },
  )
}

function undigestible({ root }: Rooted, value: unknown, kind: string, text: string): RiposteError {
  const path = pathTo(root, value)
  const where = path === '' ? '' : ` at ${path}`
  return new RiposteError('ERR_UNDIGESTIBLE', `${describe(value)}${where} ${text}`, { path, kind })
}
