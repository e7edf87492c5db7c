import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fsStore } from '@riposte/backend-fs'
import { sqliteStore } from '@riposte/backend-sqlite'
import {
  compressed,
  intercept,
  limited,
  memoryStore,
  perKeyLock,
  readOnly,
  type Store,
  serializing,
  tiered,
} from '@riposte/core'

/** Every store, and every wrapper around one of them. */
export const STORES: readonly (readonly [string, (folder: string) => Store])[] = [
  ['memory', () => memoryStore()],
  ['files', folder => fsStore(join(folder, 'files'))],
  ['files, synchronous', folder => fsStore(join(folder, 'files'), { sync: true })],
  ['SQLite', folder => sqliteStore(join(folder, 'riposte.db'))],
  [
    'SQLite behind intercept',
    folder => intercept(sqliteStore(join(folder, 'riposte.db')), (_operation, next) => next()),
  ],
  ['memory behind perKeyLock', () => perKeyLock(memoryStore())],
  ['memory over SQLite', folder => tiered([memoryStore(), sqliteStore(join(folder, 'riposte.db'))])],
  [
    'SQLite before files that are only read',
    folder => tiered([sqliteStore(join(folder, 'riposte.db')), readOnly(fsStore(join(folder, 'shared')))]),
  ],
  ['compressed files', folder => compressed(fsStore(join(folder, 'files'), { sync: true }), { above: 0 })],
  ['limited memory', () => limited(memoryStore(), { items: 1_000_000 })],
  ['files behind serializing', folder => serializing(fsStore(join(folder, 'files')))],
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
