/** Lists entries in the order of their keys, one directory after the other. */
import { join } from 'node:path'
import { type EntryInfo, isDigest, type ListOptions, type Steps, type Touched, wait } from '@riposte/core'
import { nowPast } from './clock.ts'
import type { Folder } from './folder.ts'
import { inParallel } from './in-parallel.ts'
import { kindFolder, type Place } from './layout.ts'

/** Steps that give the next page each time; `undefined` after the last. */
export type NextPage<T> = () => Steps<readonly T[] | undefined>

const PAIR = /^[0-9a-f]{2}$/

/** A page holds the entries whose keys begin with the same two digits: at a million entries, some 4,000. */
export function listPages(folder: Folder, { prefix = '', after }: ListOptions = {}): NextPage<EntryInfo> {
  const least = after ?? ''
  let place: Place | undefined
  let pending: string[] | undefined
  let passed: Touched = Number.NEGATIVE_INFINITY

  /** What stands in a directory whose path says that keys in it begin with `start`, as far as it is asked for. */
  function* beginnings(start: string, path: string, fits: (name: string) => boolean): Steps<string[]> {
    const names = (yield* wait(folder.home.files.names(path))) ?? []
    return names
      .filter(name => {
        if (!fits(name)) return false
        const whole = name.length === 64 ? name : start + name
        if (!whole.startsWith(start) || whole < least.slice(0, whole.length)) return false
        return whole.startsWith(prefix) || prefix.startsWith(whole)
      })
      .sort()
  }

  function* page(top: string, from: Place): Steps<EntryInfo[]> {
    const path = join(kindFolder(from, folder.kind), top)
    const inner = yield* beginnings(top, path, name => PAIR.test(name))
    const groups = yield* inParallel(inner, function* (pair) {
      const names = yield* beginnings(top + pair, join(path, pair), isDigest)
      return names.filter(name => name !== after).map(name => join(path, pair, name))
    })
    const found = yield* inParallel(groups.flat(), statusOf)
    const entries = found.filter(info => info !== undefined)
    // A later touch must show, so nothing is told of an entry in the very step of the clock in which it was written.
    const youngest = entries.reduce((latest, { touched }) => Math.max(latest, touched), Number.NEGATIVE_INFINITY)
    if (entries.length > 0 && youngest >= passed) passed = yield* nowPast(youngest, folder.home, from)
    return entries
  }

  function* statusOf(path: string): Steps<EntryInfo | undefined> {
    const status = yield* wait(folder.home.files.status(path))
    const key = path.slice(-64)
    return status?.plain && isDigest(key) ? { key, size: status.size, touched: status.touched } : undefined
  }

  return function* () {
    place ??= yield* folder.home.find()
    if (place === undefined) return undefined
    pending ??= yield* beginnings('', kindFolder(place, folder.kind), name => PAIR.test(name))
    const top = pending.shift()
    return top === undefined ? undefined : yield* page(top, place)
  }
}

/** @throws {TypeError} for options that no key could fit */
export function checkListOptions({ prefix, after }: ListOptions = {}): void {
  if (prefix !== undefined && !(typeof prefix === 'string' && /^[0-9a-f]{0,64}$/.test(prefix))) {
    throw new TypeError(`expected a prefix of at most 64 lower-case hex digits, got ${JSON.stringify(prefix)}`)
  }
  if (after !== undefined && !isDigest(after)) {
    throw new TypeError(`expected a key of 64 lower-case hex digits to list after, got ${JSON.stringify(after)}`)
  }
}
