import { statSync } from 'node:fs'
import { join } from 'node:path'
import { createCache } from '@riposte/core'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { sqliteStore } from '../src/index.ts'
import { temporaryFolder } from './temporary.ts'

const folder = temporaryFolder()

test('what a sweep frees is used again, and VACUUM by another program makes the file smaller', async () => {
  const file = join(folder, 'store.db')
  const text = (name: string): string[] => Array.from({ length: 200 }, (_, i) => `${name} ${i} `.padEnd(6000, '.'))
  const fill = async (name: string): Promise<void> => {
    await using cache = createCache(sqliteStore(file))
    await cache.values.saveAll(text(name))
  }
  const sweep = async (): Promise<void> => {
    await using cache = createCache(sqliteStore(file))
    expect((await cache.gc({ grace: 0 })).removed).toBe(200)
  }
  await fill('first')
  const { size } = statSync(file)
  await sweep()
  expect(statSync(file).size).toBe(size)
  await fill('second')
  expect(statSync(file).size).toBeLessThan(size * 1.1)
  await sweep()
  await keepOne(file)

  const database = new Database(file)
  database.exec('VACUUM')
  database.close()
  expect(statSync(file).size).toBeLessThan(size / 5)
  await using cache = createCache(sqliteStore(file))
  expect(await cache.values.load(await cache.values.save('third'))).toBe('third')
  expect(await cache.fsck()).toMatchObject({ sound: true, orphans: { entries: 2 } })
})

/** One value that stays. */
async function keepOne(file: string): Promise<void> {
  await using cache = createCache(sqliteStore(file))
  await cache.values.save('kept')
}
