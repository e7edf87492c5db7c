import { join } from 'node:path'
import { backendConformance, storeConformance } from '@riposte/testkit'
import { describe, test } from 'vitest'
import { fsStore } from '../src/index.ts'
import { directory } from './directory.ts'

describe.each([{}, { sync: true }])('fsStore(root, %o)', options => {
  const open = async () => fsStore(join(await directory(), 'store'), options)

  for (const rule of storeConformance({ open })) test(rule.name, rule.run)
})

describe('values of a durable store', () => {
  const open = async () => fsStore(join(await directory(), 'store'), { sync: true, durable: true }).values

  for (const rule of backendConformance({ open })) test(rule.name, rule.run)
})
