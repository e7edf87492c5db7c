import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { thisHolder } from '@riposte/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testLeasesOfProcesses } from '../../testkit/test/lease-processes.ts'
import { asyncForm, syncForm } from '../src/form.ts'
import { createGate } from '../src/gate.ts'
import { createHome } from '../src/home.ts'
import { fsStore } from '../src/index.ts'
import { leaseTable } from '../src/lease-table.ts'
import { directory } from './directory.ts'
import { bundle } from './processes.ts'
import { tree } from './tree.ts'

let folder = ''
let program = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'riposte-fs-program-'))
  program = await bundle(folder, 'programs/leases.ts')
})

afterAll(() => rm(folder, { recursive: true }))

describe('processes', () => {
  testLeasesOfProcesses({
    program: () => program,
    folder: directory,
    open: place => fsStore(join(place, 'store')),
  })
})

describe.each([{}, { sync: true }])('fsStore(root, %o)', options => {
  const HERE = { ttlMs: 60_000, holder: thisHolder() }

  test('a lease is one file, and none when it is released', async () => {
    const root = await directory()
    const leases = fsStore(root, options).leases!
    const { held } = await leases.take('a/b', HERE)
    const paths = tree(root).filter(path => path.startsWith('v2/leases/') && !path.endsWith('/'))
    expect(paths).toEqual([expect.stringMatching(/^v2\/leases\/[0-9a-f]{64}$/)])
    expect(readFileSync(join(root, paths[0]!), 'utf8')).toMatch(/^[0-9a-f]{16}\.1\.0\.[^/]*\.60000$/)
    await leases.release(held!, 'done')
    expect(tree(root)).toEqual(['CACHEDIR.TAG', 'riposte.json', 'v2/', 'v2/leases/', 'v2/tmp/'])
  })

  test('a lease of a main thread is written as it was before leases told of threads', async () => {
    const root = await directory()
    const leases = fsStore(root, options).leases!
    const holder = { host: '10.0.0.5', pid: 7, started: '9-a', thread: '' }
    await leases.take('a', { ttlMs: 60_000, holder })
    const [name] = readdirSync(join(root, 'v2/leases'))
    const file = join(root, 'v2/leases', name!)
    const text = readFileSync(file, 'utf8')
    expect(text.slice(16)).toBe('.1.0.10.0.0.5.7.9-a.60000')
    for (const thread of ['', '3-4', 'worker-5']) {
      writeFileSync(file, text.replace('9-a', thread === '' ? '9-a' : `9-a:${thread}`))
      expect(await leases.look('a')).toMatchObject({ state: 'held', lease: { holder: { ...holder, thread } } })
    }
  })

  test('looking at leases of a store that does not exist makes nothing', async () => {
    const parent = await directory()
    const leases = fsStore(join(parent, 'store'), options).leases!
    expect(await leases.look('a')).toEqual({ state: 'free' })
    expect(await leases.release({ key: 'a', epoch: 1, token: '0'.repeat(16) }, 'failed')).toBe(false)
    expect(tree(parent)).toEqual([])
  })

  test('what a crash or a foreign program left does not stop the next', async () => {
    const root = await directory()
    const leases = fsStore(root, options).leases!
    const { held } = await leases.take('a', HERE)
    const [name] = readdirSync(join(root, 'v2/leases'))
    const lease = join(root, 'v2/leases', name!)
    await leases.release(held!, 'done')
    for (const leave of [() => mkdirSync(lease), () => writeFileSync(lease, ''), () => writeFileSync(lease, 'note')]) {
      leave()
      const { held: again } = await leases.take('a', HERE)
      expect(again).toMatchObject({ epoch: 1 })
      expect(await leases.look('a')).toMatchObject({ state: 'held' })
      await leases.release(again!, 'done')
    }
  })

  test('a claim that a crash left stands in the way of one take-over for ten seconds, and of nothing else', async () => {
    const root = await directory()
    const leases = fsStore(root, options).leases!
    const { held } = await leases.take('a', HERE)
    const [name] = readdirSync(join(root, 'v2/leases'))
    const claim = join(root, 'v2/leases', `${name}.${held!.token}.0`)
    writeFileSync(claim, '')
    expect(await leases.renew(held!)).toBe(true)
    expect(await leases.release(held!, 'done')).toBe(true)
    const { held: next } = await leases.take('a', HERE)
    expect(await leases.release(next!, 'failed')).toBe(true)
    expect(await leases.take('a', HERE)).toMatchObject({ held: { epoch: 2 } })
    expect(readdirSync(join(root, 'v2/leases')).sort()).toEqual([name, basename(claim)])
  })

  test('what is stale is forgotten, and nothing else', async () => {
    const root = await directory()
    const { leases } = fsStore(root, options)
    for (const key of ['stale', 'living']) await leases!.take(key, { ...HERE, holder: { ...HERE.holder, host: key } })
    const form = 'sync' in options ? syncForm : asyncForm
    const table = leaseTable(createHome(root, form.files, false), form, createGate('store', root))
    const asked: number[] = []
    await table.forget(({ holder, renewed }, now) => {
      asked.push(now - renewed)
      return holder.host === 'stale'
    })
    // The time of a row and what it is compared with are of one clock.
    expect(asked.filter(age => age >= 0 && age < 60_000).length).toBe(2)
    expect(readdirSync(join(root, 'v2/leases')).length).toBe(1)
    expect(await leases!.look('stale')).toEqual({ state: 'free' })
    expect(await leases!.look('living')).toMatchObject({ state: 'held' })
  })
})
