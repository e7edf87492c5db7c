import { join } from 'node:path'
import type { Backend, EvictingBackend } from '@riposte/core'
import { backendConformance, evictionConformance, storeConformance } from '@riposte/testkit'
import { describe, test } from 'vitest'
import { fsStore } from '../src/index.ts'
import { directory } from './directory.ts'

describe.each([{}, { sync: true }])('fsStore(root, %o)', options => {
  const open = async () => fsStore(join(await directory(), 'store'), options)

  for (const rule of storeConformance({ open })) test(rule.name, rule.run)

  // Calls in files remember what was evicted.
  const calls = async () => (await open()).calls as Backend as EvictingBackend
  for (const rule of evictionConformance({ open: calls })) test(`evictions: ${rule.name}`, rule.run)
})

describe('values of a durable store', () => {
  const open = async () => fsStore(join(await directory(), 'store'), { sync: true, durable: true }).values

  for (const rule of backendConformance({ open })) test(rule.name, rule.run)
})
