/** A process that uses the leases of a store. */
import { join } from 'node:path'
import { leaseChild } from '../../../testkit/test/lease-child.ts'
import { sqliteStore } from '../../src/index.ts'

await leaseChild(folder => sqliteStore(join(folder, 'store.db')))
