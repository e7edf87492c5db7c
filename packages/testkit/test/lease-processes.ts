/** Cases of leases among processes and threads, for stores that several processes can use. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { type Leases, type Store, thisHolder, waitForLease } from '@riposte/core'
import { expect, test } from 'vitest'
import { KEY, PROCESSES, type TaskName } from './lease-child.ts'

const HOUR = 3_600_000
/** Where the system tells of threads as of processes. */
const TELLS_OF_THREADS = existsSync('/proc/thread-self/stat')
const MINE = { ttlMs: HOUR, holder: thisHolder() }

interface Stores {
  /** The program that calls `leaseChild`. */
  readonly program: () => string
  /** An empty folder, for a store and what else a case needs. */
  readonly folder: () => Promise<string>
  /** The store of a folder, as the program opens it. */
  readonly open: (folder: string) => Store
  readonly env?: NodeJS.ProcessEnv
}

export function testLeasesOfProcesses({ program, folder, open, env }: Stores): void {
  const start = (name: TaskName, place: string, ...args: readonly string[]) =>
    spawn(process.execPath, [program(), name, place, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, ...env },
    })

  /** What each of many processes answers. */
  const together = (name: TaskName, place: string, ...args: readonly string[]): Promise<unknown[]> =>
    Promise.all(
      Array.from({ length: PROCESSES }, async () => JSON.parse(await text(start(name, place, ...args).stdout))),
    )

  /** A thread of this process that holds the key, as it is told in a task. */
  async function holding(name: TaskName, place: string, ...args: readonly string[]): Promise<Worker> {
    const worker = new Worker(program(), { argv: [name, place, ...args], env: { ...process.env, ...env } })
    await once(worker, 'message')
    return worker
  }

  function leasesOf(place: string): Leases {
    const { leases } = open(place)
    if (leases === undefined) throw new Error('expected a store with leases')
    expect(leases.shared).toBe(true)
    return leases
  }

  test(`of ${PROCESSES} processes that take one key, one holds it at a time, and no two in one epoch`, async () => {
    const place = await folder()
    const epochs = (await together('takeTurns', place, 'failed')).flat() as number[] // as the task answers
    expect(epochs.sort((a, b) => a - b)).toEqual(Array.from({ length: PROCESSES * 10 }, (_, i) => i + 1))
    expect(await leasesOf(place).look(KEY)).toMatchObject({ state: 'failed', failed: PROCESSES * 10 })
  })

  test(`of ${PROCESSES} processes that take and free one key, one holds it at a time`, async () => {
    const place = await folder()
    const epochs = await together('takeTurns', place, 'done')
    expect(epochs.flat()).toEqual(Array(PROCESSES * 10).fill(1))
    expect(await leasesOf(place).look(KEY)).toEqual({ state: 'free' })
  })

  test(`of ${PROCESSES} processes that open a new store at once, one gets the lease, and nobody fails`, async () => {
    const epochs = await together('openAtOnce', await folder())
    expect(epochs.sort()).toEqual([...Array(PROCESSES - 1).fill(0), 1])
  })

  test('a holder that is killed is replaced at once', async () => {
    const place = await folder()
    const child = start('holdUntilKilled', place)
    await once(child.stdout, 'data')
    const leases = leasesOf(place)
    const { heldBy } = await leases.take(KEY, MINE)
    expect(heldBy).toMatchObject({ epoch: 1, holder: { host: MINE.holder.host, pid: child.pid } })
    const waiting = waitForLease(leases, heldBy!, { timeoutMs: HOUR })
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(await leases.look(KEY)).toMatchObject({ state: 'lost' })
    expect(await waiting).toBe('over')
    expect((await leases.take(KEY, MINE)).held).toMatchObject({ epoch: 2 })
  })

  test.runIf(TELLS_OF_THREADS)(
    'a thread that is terminated is replaced at once, by others and by other processes',
    async () => {
      const place = await folder()
      const leases = leasesOf(place)
      const worker = await holding('holdUntilKilled', place)
      const { heldBy } = await leases.take(KEY, MINE)
      expect(heldBy).toMatchObject({ epoch: 1, holder: { pid: process.pid, started: MINE.holder.started } })
      expect(heldBy?.holder.thread).not.toBe(MINE.holder.thread)
      const others = text(start('takeTurns', place, 'failed').stdout)
      const waiting = waitForLease(leases, heldBy!, { timeoutMs: HOUR })
      await worker.terminate()
      expect(await waiting).toBe('over')
      expect(JSON.parse(await others)).toEqual(Array.from({ length: 10 }, (_, i) => i + 2))
      expect((await leases.take(KEY, MINE)).held).toMatchObject({ epoch: 12 })
    },
  )

  test('a thread of which the system tells nothing keeps what it renews, and is replaced when its time is over', async () => {
    const place = await folder()
    const leases = leasesOf(place)
    const worker = await holding('renewUntilKilled', place, '1500')
    const end = performance.now() + 2500
    while (performance.now() < end) {
      expect((await leases.take(KEY, MINE)).held).toBe(undefined)
      await sleep(50)
    }
    await worker.terminate()
    expect(JSON.parse(await text(start('takeTurns', place, 'failed').stdout))).toContain(2)
  })

  test('processes that are killed while they take and release leave nothing in the way', async () => {
    const place = await folder()
    const leases = leasesOf(place)
    for (let round = 0; round < 4; round++) {
      const children = Array.from({ length: 2 }, () => start('takeUntilKilled', place))
      await Promise.all(children.map(({ stdout }) => once(stdout, 'data')))
      await sleep(Math.random() * 50)
      for (const child of children) child.kill('SIGKILL')
      await Promise.all(children.map(child => once(child, 'exit')))
      const { held } = await leases.take(KEY, MINE)
      expect(await leases.look(KEY)).toMatchObject({ state: 'held', lease: held })
      expect(await leases.release(held!, 'done')).toBe(true)
      expect(await leases.look(KEY)).toEqual({ state: 'free' })
    }
  })

  test('a holder on another host that stops is replaced when its time is over, and does no harm when it goes on', async () => {
    const place = await folder()
    const child = start('holdElsewhere', place)
    const [first] = await once(child.stdout, 'data')
    expect(String(first)).toBe('held\n')
    const answer = text(child.stdout)
    const leases = leasesOf(place)
    let mine = await leases.take(KEY, MINE)
    while (mine.held === undefined) {
      await sleep(50)
      mine = await leases.take(KEY, MINE)
    }
    expect(mine.held.epoch).toBe(2)
    child.kill('SIGCONT')
    expect(JSON.parse(await answer)).toEqual({ released: false, failed: false })
    expect(await leases.look(KEY)).toMatchObject({ state: 'held', lease: mine.held })
    expect(await leases.release(mine.held, 'done')).toBe(true)
  })
}
