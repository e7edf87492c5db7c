import { encodeValue } from '../codec/encode-value.ts'
import { asDigest, type Digest } from '../digest/address.ts'
import { RiposteError } from '../errors.ts'
import { chain, isPromise, type MaybePromise, run, type Steps } from '../flow.ts'
import { hearStream } from '../inside/hear-stream.ts'
import type { Inside } from '../inside/inside.ts'
import { createKeyManagement } from '../keys/key-management.ts'
import { expandKey, type KeySpace } from '../keys/key-space.ts'
import { readKey } from '../keys/prefix.ts'
import { checkOptionNames } from '../option-names.ts'
import { isRef, type Ref } from '../ref.ts'
import { shownValue } from '../shown-value.ts'
import { type ByteRange, checkRange } from './byte-range.ts'
import type { Lazy, LazyOptions } from './lazy/types.ts'
import { childrenOf, loadNow } from './load.ts'
import { pinsOf, setPin } from './pins.ts'
import { saveSealed, saveValue, saveValues } from './save.ts'
import { sealValue } from './sealed-value.ts'
import type { SaveOptions, ValueStorage } from './types.ts'

/** The values of a cache. */
export function createValueStorage(inside: Inside): ValueStorage {
  const space: KeySpace = { backend: inside.store.values, noun: 'value' }
  const { contains, evict, expand, list, shrink } = createKeyManagement<Digest>(space, {
    checkOpen: () => inside.checkOpen(),
  })

  async function load<T>(key: Digest<T> | Ref<T>): Promise<T>
  async function load(prefix: string): Promise<unknown>
  async function load(key: string | Ref): Promise<unknown> {
    inside.checkOpen()
    const full = fullKey(key)
    // Not awaited where it is known: a turn of the event loop takes 0.1 µs.
    return loadNow(inside, isPromise(full) ? await full : full)
  }

  async function lazy<T>(key: Digest<T> | Ref<T>, options?: LazyOptions): Promise<Lazy<T>>
  async function lazy(prefix: string, options?: LazyOptions): Promise<Lazy<unknown>>
  async function lazy(key: string | Ref, options: LazyOptions = {}): Promise<Lazy<unknown>> {
    const { checkLazyOptions, openLazy } = await inside.piecewise()
    checkLazyOptions(options)
    return openLazy(inside, { digest: await fullKey(key) }, options)
  }

  function fullKey(key: string | Ref): MaybePromise<Digest> {
    const asked = readKey(isRef(key) ? key.digest : key)
    return asked.kind === 'full' ? asked.key : run(expandKey(space, key as string))
  }

  /** What pins a value once it is saved. */
  function pinning(pin: string | undefined): ((digests: readonly Digest[]) => Steps<void>) | undefined {
    if (pin === undefined) return undefined
    pinsOf(inside, pin)
    return ([saved]) => setPin(inside, pin, saved!)
  }

  function saveAsTold(value: unknown, options: SaveOptions): MaybePromise<Digest> {
    checkOptionNames(options, ['pin', 'expect'])
    const expected = options.expect === undefined ? undefined : asDigest(options.expect)
    const pin = pinning(options.pin)
    const sealed = sealValue(encodeValue(value, inside))
    const { digest } = sealed.value
    if (expected !== undefined && digest !== expected) throw unexpected(digest, expected)
    return chain(run(saveSealed(inside, [sealed], pin)), () => digest)
  }

  async function* stream(key: string | Ref, range: ByteRange): AsyncGenerator<Uint8Array, void, undefined> {
    const { loadByteStream } = await inside.piecewise()
    yield* loadByteStream(inside, await run(expandKey(space, isRef(key) ? key.digest : key)), range)
  }

  return {
    contains,
    evict,
    expand,
    list,
    shrink,
    load,
    lazy,
    async save<T>(value: T, options?: SaveOptions): Promise<Digest<T>> {
      inside.checkOpen()
      const digest = options === undefined ? saveValue(inside, value) : saveAsTold(value, options)
      // Not awaited, which would take a turn of the event loop. It is the digest of a T.
      return digest as MaybePromise<Digest<T>>
    },
    async saveAll<T>(values: readonly T[]): Promise<readonly Digest<T>[]> {
      inside.checkOpen()
      if (!Array.isArray(values)) throw new TypeError(`expected an array of values; got ${shownValue(values)}`)
      // A digest for each value, in order.
      return (await run(saveValues(inside, values))) as readonly Digest<T>[]
    },
    async saveStream(source, options = {}) {
      inside.checkOpen()
      const pin = pinning(options.pin)
      const { saveByteStream } = await hearStream(source, inside.piecewise())
      return saveByteStream(inside, source, options, pin)
    },
    loadStream(key: string | Ref<Uint8Array>, range: ByteRange = {}) {
      checkRange(range)
      return stream(key, range)
    },
    async children(key) {
      inside.checkOpen()
      return run(childrenOf(inside, await run(expandKey(space, key))))
    },
    async countReuses() {
      const { countReuses } = await inside.upkeep()
      return countReuses(inside)
    },
    registerDestructurer: definition => inside.registry.register(definition),
  }
}

function unexpected(digest: Digest, expected: Digest): RiposteError<'ERR_CORRUPT'> {
  const reason = `its digest is ${digest}`
  const message = `the value is not the one that ${expected} stands for: ${reason}; nothing was written`
  return new RiposteError('ERR_CORRUPT', message, { key: expected, reason })
}
