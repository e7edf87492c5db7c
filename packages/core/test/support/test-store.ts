/** The store that a suite runs over: of memory, of files or of SQLite, as the vitest project says that runs it. */
import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { memoryStore, type SyncStore } from '@riposte/core'
import { afterAll, inject } from 'vitest'

/** What a store may be of. Each store answers at once, so that one suite serves all. */
export type StoreKind = 'memory' | 'files' | 'SQLite'

declare module 'vitest' {
  interface ProvidedContext {
    // Absent where a configuration has no projects, such as that of the slow suites.
    readonly storeKind?: StoreKind
  }
}

// An engine is loaded only by who runs over it.
const OPENERS: Readonly<Record<StoreKind, () => Promise<() => SyncStore>>> = {
  memory: async () => memoryStore,
  files: async () => {
    const { fsStore } = await import('@riposte/backend-fs')
    return () => fsStore(newFolder(), { sync: true })
  },
  SQLite: async () => {
    const { sqliteStore } = await import('@riposte/backend-sqlite')
    return () => sqliteStore(join(newFolder(), 'riposte.db'))
  },
}

const open = await OPENERS[inject('storeKind') ?? 'memory']()
const folders: string[] = []
const stores: SyncStore[] = []

/** An empty store of the kind that is tested. It is closed, and its folder removed, when the file has run. */
export function testStore(): SyncStore {
  const store = open()
  stores.push(store)
  return store
}

// Thousands of stores, where a property opens some for each run, take more than the ten seconds that a hook has.
afterAll(async () => {
  for (const store of stores.splice(0)) store.close()
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true })
}, 120_000)

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'riposte-suite-'))
  folders.push(folder)
  return folder
}
