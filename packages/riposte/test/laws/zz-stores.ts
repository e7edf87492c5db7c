import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fsStore } from '@riposte/backend-fs'
import { sqliteStore } from '@riposte/backend-sqlite'
import { compressed, limited, signed, tiered, tracing, intercept, memoryStore, perKeyLock, type Store, serializing } from '@riposte/core'

/** Every store, and every wrapper around one of them. */
export const STORES: readonly (readonly [string, (folder: string) => Store])[] = [
  ['files, synchronous', folder => fsStore(join(folder, 'files'), { sync: true })],
  ['files behind serializing', folder => serializing(fsStore(join(folder, 'files')))],
  ['tiered memory over files', folder => tiered([memoryStore(), fsStore(join(folder, 'files'))])],
  ['tiered memory over SQLite', folder => tiered([memoryStore(), sqliteStore(join(folder, 'riposte.db'))])],
  ['tiered files over SQLite', folder => tiered([fsStore(join(folder, 'files')), sqliteStore(join(folder, 'riposte.db'))])],
  ['limited SQLite', folder => limited(sqliteStore(join(folder, 'riposte.db')), { items: 1e6, bytes: 1e9 })],
 ['compressed signed SQLite', folder => compressed(signed(sqliteStore(join(folder, 'riposte.db')), { keys: ['ab'.repeat(32)], onRejected() {} }), { above: 0 })],
]

/** Runs `body` on a store in an empty folder of its own. */
export async function withStore<T>(
  open: (folder: string) => Store,
  body: (store: Store, folder: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'riposte-laws-'))
  const store = open(folder)
  try {
    return await body(store, folder)
  } finally {
    await store.close()
    await rm(folder, { recursive: true, force: true })
  }
}

/** Every entry of a store by key, to compare before and after. */
export async function contents(store: Store): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>()
  for (const [name, backend] of [
    ['value', store.values],
    ['call', store.calls],
  ] as const) {
    for await (const { key } of backend.list()) {
      const [bytes] = await backend.get([key])
      found.set(`${name} ${key}`, Buffer.from(bytes ?? []).toString('hex'))
    }
  }
  return found
}
