/** What differs between Node and other hosts. This is Node's half. */
import type { CollectedMetadata } from '../types/template.ts'
import type { ScopeStorage } from './types.ts'

export { gitState } from './git-state.ts'

// None is imported: for an `import` of util Node loads all that it leaves for later.
const { AsyncLocalStorage } = process.getBuiltinModule('node:async_hooks')
const { inspect } = process.getBuiltinModule('node:util')

export function createStorage<T>(): ScopeStorage<T> {
  return new AsyncLocalStorage<T>()
}

/** Before version 24 Node makes every promise pay for a storage once it is used. */
export const storagesAreCheap: boolean = Number.parseInt(process.versions.node, 10) >= 24

/** A value on one line, if `width` characters are enough for it. Runs nothing of the value's own. */
export function inspectShort(value: unknown, width: number): string {
  return inspect(value, {
    depth: 2,
    breakLength: Number.POSITIVE_INFINITY,
    compact: true,
    customInspect: false,
    maxArrayLength: 10,
    maxStringLength: width,
  })
}

/** The folder that the process works in; `undefined` where it was removed, or may not be known. */
export function workingFolder(): string | undefined {
  try {
    return process.cwd()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === 'uv_cwd') return undefined
    throw error
  }
}

export function environment(): CollectedMetadata['environment'] | undefined {
  const cwd = workingFolder()
  const user = userName()
  return {
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
    hostname: process.getBuiltinModule('node:os').hostname(),
    ...(user !== undefined && { user }),
    ...(cwd !== undefined && { cwd }),
  }
}

/** Who runs the process; `undefined` for one whom the system has no name for, as in some containers. */
function userName(): string | undefined {
  try {
    return process.getBuiltinModule('node:os').userInfo().username
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_SYSTEM_ERROR') return undefined
    throw error
  }
}

/** Begins to measure; what it returns ends that. */
export function measureResources(): () => CollectedMetadata['resources'] | undefined {
  const begin = process.cpuUsage()
  return () => {
    const { user, system } = process.cpuUsage(begin)
    return { cpuUserMs: user / 1000, cpuSystemMs: system / 1000, heapUsedBytes: process.memoryUsage().heapUsed }
  }
}
