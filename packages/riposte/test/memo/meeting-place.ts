/** Where processes and threads meet that make the same calls on one store: the folder that `programs/turns.ts` is given. */
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Cache, createCache } from 'riposte'
import { storeOfKind } from '../programs/store-of-kind.ts'

export interface MeetingPlace {
  readonly folder: string
  /** How many bodies have begun. */
  starts(): number
  /** How many have made their call. */
  called(): number
  /** How many bodies each process ran that ran some. */
  shares(): readonly number[]
  /** Lets the bodies end. */
  go(): void
  /** A cache over the store. */
  open(): Cache
}

/** A new one inside of `parent`, whose store is of a kind that the program knows. */
export function meetingPlace(parent: string, kind: string): MeetingPlace {
  const folder = mkdtempSync(join(parent, 'place-'))
  writeFileSync(join(folder, 'starts'), '')
  const named = (prefix: string) => readdirSync(folder).filter(name => name.startsWith(prefix))
  const lengthOf = (name: string): number => readFileSync(join(folder, name), 'utf8').length
  return {
    folder,
    starts: () => lengthOf('starts'),
    called: () => named('called-').length,
    shares: () => named('ran-').map(lengthOf),
    go: () => writeFileSync(join(folder, 'go'), ''),
    open: () => createCache(storeOfKind(kind, folder)),
  }
}

/** Takes as long as it takes, which the time of a test bounds. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(10)
}
