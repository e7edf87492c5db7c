import type { Digest } from '../digest/address.ts'
import { RiposteError } from '../errors.ts'
import { chain, run, type Steps, wait } from '../flow.ts'
import { checkOptionNames } from '../option-names.ts'
import { type Backend, type Entry, PREFIX_BYTES, type PutMode } from '../ports/backend.ts'
import { type CallIndex, isCallIndex } from '../ports/call-index.ts'
import { evictionsOf } from '../ports/evicting.ts'
import { leftoversOf } from '../ports/leftovers.ts'
import type { Batch, BatchResult, Store, SyncStore } from '../ports/store.ts'
import { shownValue } from '../shown-value.ts'
import { labelled } from '../stores/labelled.ts'
import {
  type Algorithm,
  COMPRESSORS,
  compressEntry,
  decompressEntry,
  ESCAPE_BYTES,
  isCompressed,
  isEscaped,
  plainLength,
  plainStart,
} from './compressed/compressed-form.ts'
import { mapStream } from './streams.ts'

export interface CompressedOptions {
  /** What new entries are packed with; those packed otherwise are read all the same. `'brotli'` unless given. */
  readonly algorithm?: Algorithm
  /** Payloads of at most so many bytes stay as they are. 2048 unless given. */
  readonly above?: number
  /** From 0 to 11 for brotli, 4 unless given; from 1 to 22 for zstd, 3 unless given. */
  readonly level?: number
}

/**
 * Packs large entries: headers, seals and the first 520 bytes stay as they are, so that the sweep unpacks nothing and
 * every read is verified as ever. What would not get smaller is stored plain.
 *
 * Packs and unpacks on the calling thread. 100 KB of rows take 0.7 ms and 0.1 ms with brotli at its default level, and
 * a sixth of the space; 1 MB takes 11 ms and 1.1 ms. Listings tell sizes as stored. Who reads the store without this
 * wrapper finds entries of an unknown format and leaves them alone. Needs `node:zlib`.
 *
 * @throws {RiposteError} `ERR_BACKEND` when this runtime lacks the algorithm
 * @throws {TypeError | RangeError} when an option is not what it must be
 */
export function compressed(inner: SyncStore, options?: CompressedOptions): SyncStore
export function compressed(inner: Store, options?: CompressedOptions): Store
export function compressed(inner: Store, options: CompressedOptions = {}): Store {
  checkOptionNames(options, ['algorithm', 'above', 'level'])
  const { algorithm = 'brotli', above = 2048, level } = options
  checkAlgorithm(algorithm)
  if (!(above >= 0)) throw new RangeError(`expected above as a number of bytes from 0 up; got ${above}`)
  checkLevel(algorithm, level)

  const pack = <E extends Entry>(entries: readonly E[]): readonly E[] =>
    entries.map(entry => ({ ...entry, bytes: compressEntry(entry.bytes, { algorithm, above, level }) }))

  function* commit({ values, calls, mode, releases }: Batch): Steps<BatchResult> {
    const stayed = yield* wait(inner.commit({ values: pack(values), calls: pack(calls), mode, releases }))
    return {
      values: yield* startsOf(inner.values, values, stayed.values),
      calls: yield* startsOf(inner.calls, calls, stayed.calls),
      released: stayed.released,
    }
  }

  return labelled({
    label: `compressed(${inner.label})`,
    values: compressedBackend(inner.values, pack),
    calls: compressedBackend(inner.calls, pack),
    refs: inner.refs,
    leases: inner.leases,
    readOnly: inner.readOnly,
    writable: inner.writable && compressed(inner.writable, options),
    commit: batch => run(commit(batch)),
    close: () => inner.close(),
    ...leftoversOf(inner),
  })
}

function compressedBackend(
  inner: Backend | CallIndex,
  pack: (entries: readonly Entry[]) => readonly Entry[],
): Backend | CallIndex {
  function* put(entries: readonly Entry[], mode: PutMode): Steps<readonly (Uint8Array | undefined)[]> {
    return yield* startsOf(inner, entries, yield* wait(inner.put(pack(entries), mode)))
  }

  const backend: Backend = {
    get(keys, options) {
      if (options?.upTo !== undefined) return run(firstBytes(inner, keys, options.upTo))
      return chain(inner.get(keys), found => found.map(bytes => bytes && decompressEntry(bytes)))
    },
    put: (entries, mode) => run(put(entries, mode)),
    touch: keys => inner.touch(keys),
    has: keys => inner.has(keys),
    delete: removals => inner.delete(removals),
    list: options => inner.list(options),
    now: () => inner.now(),
    close: () => inner.close(),
  }
  // The spreads are of the literal above, which names every member.
  const evicting = { ...backend, ...evictionsOf(inner) }
  if (!isCallIndex(inner)) return evicting
  const find: CallIndex['find'] = options =>
    mapStream(inner.find(options), ({ key, bytes, value }) => ({ key, bytes: decompressEntry(bytes), value }))
  return { ...evicting, find }
}

/** First bytes of plain entries. Those that are asked for more than stands plain are read whole. */
function* firstBytes(
  inner: Backend,
  keys: readonly Digest[],
  upTo: number,
): Steps<readonly (Uint8Array | undefined)[]> {
  const firsts = yield* wait(inner.get(keys, { upTo: Math.max(upTo, PREFIX_BYTES) + ESCAPE_BYTES }))
  const found = firsts.map(first => first && plainStart(first))
  const longer = firsts.flatMap((first, i) => {
    return first !== undefined && isCompressed(first) && (plainLength(first) ?? 0) < upTo ? [i] : []
  })
  if (longer.length === 0) return found
  const whole = yield* wait(inner.get(longer.map(i => keys[i]!)))
  longer.forEach((i, at) => {
    found[i] = whole[at] && decompressEntry(whole[at])
  })
  return found
}

/**
 * First bytes of what stayed when entries were put; what was kept as it is is read, for the answer holds two bytes less
 * of it.
 */
function* startsOf(
  inner: Backend,
  entries: readonly Entry[],
  stayed: readonly (Uint8Array | undefined)[],
): Steps<readonly (Uint8Array | undefined)[]> {
  const starts: (Uint8Array | undefined)[] = []
  for (const [i, first] of stayed.entries()) {
    if (first !== undefined && isEscaped(first)) {
      const [again] = yield* firstBytes(inner, [entries[i]!.key], PREFIX_BYTES)
      starts.push(again ?? plainStart(first))
    } else starts.push(first && plainStart(first))
  }
  return starts
}

function checkAlgorithm(algorithm: Algorithm): void {
  if (!Object.hasOwn(COMPRESSORS, algorithm)) {
    throw new TypeError(`expected algorithm as 'brotli' or 'zstd'; got ${shownValue(algorithm)}`)
  }
  if (COMPRESSORS[algorithm] !== undefined) return
  const where = algorithm === 'zstd' ? "Node has it from 22.15 on; 'brotli' is in every Node" : 'Node has it'
  throw new RiposteError('ERR_BACKEND', `this runtime has no ${algorithm} that answers at once: ${where}`, {
    operation: 'compress',
  })
}

function checkLevel(algorithm: Algorithm, level: number | undefined): void {
  if (level === undefined) return
  const [least, most] = algorithm === 'brotli' ? [0, 11] : [1, 22]
  if (Number.isInteger(level) && level >= least && level <= most) return
  throw new RangeError(`expected level as a whole number from ${least} to ${most} for ${algorithm}; got ${level}`)
}
