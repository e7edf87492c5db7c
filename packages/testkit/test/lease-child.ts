/** What processes, or threads, do with the leases of one store: `node child.mjs <task> <folder> [<argument>]`. */
import { mkdirSync, readdirSync, rmdirSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isMainThread, parentPort } from 'node:worker_threads'
import {
  type Holder,
  type Lease,
  type LeaseOutcome,
  type Leases,
  type Store,
  thisHolder,
  waitForLease,
} from '@riposte/core'

export const KEY = 'the key'
export const PROCESSES = 16

const HOUR = 3_600_000

const TASKS = {
  takeTurns,
  openAtOnce,
  takeUntilKilled,
  holdUntilKilled,
  holdElsewhere,
  renewUntilKilled,
} satisfies Readonly<Record<string, Task>>

type Task = (leases: Leases, folder: string, argument: string) => Promise<unknown>

export type TaskName = keyof typeof TASKS

/** @param open - opens the store of a folder, which may have none yet */
export async function leaseChild(open: (folder: string) => Store): Promise<void> {
  const [, , name = '', folder = '', argument = ''] = process.argv
  const { leases } = open(folder)
  const task: Task | undefined = new Map<string, Task>(Object.entries(TASKS)).get(name)
  if (leases === undefined || task === undefined) throw new Error(`no leases, or no task "${name}"`)
  writeSync(1, JSON.stringify(await task(leases, folder, argument)))
}

/** Takes the key ten times, waiting while others hold it, and looks that it is alone while it holds it. */
async function takeTurns(leases: Leases, folder: string, outcome: string): Promise<readonly number[]> {
  const epochs: number[] = []
  while (epochs.length < 10) {
    const { held, heldBy } = await leases.take(KEY, { ttlMs: HOUR, holder: thisHolder() })
    if (held === undefined) {
      await waitForLease(leases, heldBy)
      continue
    }
    // Fails if somebody else is in there.
    mkdirSync(join(folder, 'inside'))
    await sleep(1)
    rmdirSync(join(folder, 'inside'))
    epochs.push(held.epoch)
    // The test gives one of the outcomes.
    if (!(await leases.release(held, outcome as LeaseOutcome))) throw new Error('somebody took what was held')
  }
  return epochs
}

/** Tries to take the key of a store that is yet to be made, and holds it until all have tried; gives its epoch. */
async function openAtOnce(leases: Leases, folder: string): Promise<number | undefined> {
  const { held } = await leases.take(KEY, { ttlMs: HOUR, holder: thisHolder() })
  writeFileSync(join(folder, `tried-${process.pid}`), '')
  const tried = () => readdirSync(folder).filter(name => name.startsWith('tried-')).length
  while (held !== undefined && tried() < PROCESSES) await sleep(10)
  return held?.epoch ?? 0
}

/** Takes the key and ends the lease in one way or the other, for ever. */
async function takeUntilKilled(leases: Leases): Promise<never> {
  for (let turn = 0; ; turn++) {
    const { held } = await leases.take(KEY, { ttlMs: HOUR, holder: thisHolder() })
    if (held !== undefined) await leases.release(held, turn % 2 === 0 ? 'done' : 'failed')
    if (turn === 0) writeSync(1, 'taking\n')
  }
}

async function holdUntilKilled(leases: Leases): Promise<never> {
  await mustTake(leases, HOUR)
  for (;;) await sleep(1000)
}

/** Holds the key for some milliseconds and renews it, as a thread of which the system tells nothing. */
async function renewUntilKilled(leases: Leases, _folder: string, ttl: string): Promise<never> {
  const lease = await mustTake(leases, Number(ttl), { thread: 'untold' })
  while (await leases.renew(lease)) await sleep(20)
  throw new Error('somebody took what was renewed')
}

/** Holds the key as if on another host, stops by itself, where it is in no transaction, and holds on until the key was taken over. */
async function holdElsewhere(leases: Leases): Promise<unknown> {
  const lease = await mustTake(leases, 500, { host: 'elsewhere' })
  process.kill(process.pid, 'SIGSTOP')
  while (await leases.renew(lease)) await sleep(50)
  return { released: await leases.release(lease, 'done'), failed: await leases.release(lease, 'failed') }
}

async function mustTake(leases: Leases, ttlMs: number, disguise: Partial<Holder> = {}): Promise<Lease> {
  const { held } = await leases.take(KEY, { ttlMs, holder: { ...thisHolder(), ...disguise } })
  if (held === undefined) throw new Error('the key is held by somebody else')
  if (isMainThread) writeSync(1, 'held\n')
  else parentPort?.postMessage('held')
  return held
}
