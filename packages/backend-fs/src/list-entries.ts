/** Lists entries in the order of their keys, one directory after the other. */
import { join } from 'node:path'
import { type Digest, type EntryInfo, isDigest, type ListOptions, type Steps, type Touched, wait } from '@riposte/core'
import { nowPast } from './clock.ts'
import type { Folder } from './folder.ts'
import { inParallel } from './in-parallel.ts'
import { entryPath, firstDigits, kindFolder, type Place } from './layout.ts'

/** Steps that give the next page each time; `undefined` after the last. */
export type NextPage<T> = () => Steps<readonly T[] | undefined>

const PAIR = /^[0-9a-f]{2}$/

/** Entries of a page at most. A directory's names are read at once, as they come in no order; its files as they are asked for. */
const PAGE = 256

/** A page holds entries whose keys begin with the same two digits. */
export function listPages({ home, kind }: Folder, options: ListOptions = {}): NextPage<EntryInfo> {
  const { prefix = '' } = options
  const after: string = options.after ?? ''
  let place: Place | undefined
  /** Directories that were not read yet, and what was read and not told of. */
  let pairs: string[] | undefined
  let keys: Digest[] = []
  let passed: Touched = Number.NEGATIVE_INFINITY

  function* pairsAsked(from: Place): Steps<string[]> {
    if (prefix.length >= 2) return [firstDigits(prefix)]
    const names = (yield* wait(home.files.names(kindFolder(from, kind)))) ?? []
    return names.filter(name => PAIR.test(name) && name.startsWith(prefix) && name >= firstDigits(after)).sort()
  }

  function* keysAsked(from: Place, pair: string): Steps<Digest[]> {
    const isAsked = (name: string): name is Digest =>
      name > after && name.startsWith(prefix) && firstDigits(name) === pair && isDigest(name)
    // One key is looked for where it stands: to read its directory can take milliseconds.
    const names = isDigest(prefix)
      ? [prefix]
      : ((yield* wait(home.files.names(join(kindFolder(from, kind), pair)))) ?? [])
    return names.filter(isAsked).sort()
  }

  function* page(from: Place): Steps<EntryInfo[]> {
    const found = yield* inParallel(keys.splice(0, PAGE), key => infoOf(from, key))
    const entries = found.filter(info => info !== undefined)
    // A later touch must show, so nothing is told of an entry in the very step of the clock in which it was written.
    const youngest = entries.reduce((latest, { touched }) => Math.max(latest, touched), Number.NEGATIVE_INFINITY)
    if (entries.length > 0 && youngest >= passed) passed = yield* nowPast(youngest, home, from)
    return entries
  }

  function* infoOf(from: Place, key: Digest): Steps<EntryInfo | undefined> {
    const status = yield* wait(home.files.status(entryPath(from, kind, key)))
    return status?.plain ? { key, size: status.size, touched: status.touched } : undefined
  }

  return function* () {
    place ??= yield* home.find()
    if (place === undefined) return undefined
    pairs ??= yield* pairsAsked(place)
    while (keys.length === 0) {
      const pair = pairs.shift()
      if (pair === undefined) return undefined
      keys = yield* keysAsked(place, pair)
    }
    return yield* page(place)
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
