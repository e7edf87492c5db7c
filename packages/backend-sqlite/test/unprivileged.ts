import { sqliteStore } from '../src/index.ts'

/** Permissions are no obstacle to root, so root is somebody else meanwhile. */
export function unprivileged(body: () => void): void {
  const isRoot = process.geteuid?.() === 0
  // What is needed is loaded before, since that may be in a folder of root's.
  sqliteStore(':memory:').values.now()
  if (isRoot) process.seteuid?.(65534)
  try {
    body()
  } finally {
    if (isRoot) process.seteuid?.(0)
  }
}
