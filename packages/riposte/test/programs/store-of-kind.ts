/** The stores that processes and threads share: a kind by itself, or with every wrapper that leases pass through. */
import { join } from 'node:path'
import { compressed, fsStore, limited, memoryStore, type Store, signed, sqliteStore, tiered } from 'riposte'

export function storeOfKind(kind: string, folder: string): Store {
  const engine = kind.includes('sqlite')
    ? sqliteStore(join(folder, 'store.db'))
    : fsStore(join(folder, 'store'), { sync: kind.includes('synchronous') })
  if (!kind.startsWith('wrapped')) return engine
  const packed = compressed(signed(engine, { keys: ['1f'.repeat(32)] }), { above: 0 })
  return tiered([memoryStore(), limited(packed, { items: 1_000_000 })])
}
