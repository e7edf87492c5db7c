/** A process that uses the leases of a store. */
import { join } from 'node:path'
import { leaseChild } from '../../../testkit/test/lease-child.ts'
import { fsStore } from '../../src/index.ts'

// Both forms are used on one directory.
await leaseChild(folder => fsStore(join(folder, 'store'), { sync: process.pid % 2 === 0 }))
