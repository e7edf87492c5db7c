/** Reads an archive. Nothing is stored before it was checked, no record before what it needs. */

import { callDigest } from '../calls/call-digest.ts'
import { receivedRecord } from '../calls/receive-record.ts'
import { openRecord } from '../calls/record-codec.ts'
import { neededBy, type OpenedEntry, openEntry } from '../codec/entry.ts'
import type { CallDigest, Digest } from '../digest/address.ts'
import { toHex } from '../digest/hex.ts'
import { RiposteError } from '../errors.ts'
import { run } from '../flow.ts'
import { DigestSet } from '../inside/digest-set.ts'
import type { Inside } from '../inside/inside.ts'
import type { Flight } from '../inside/saves-in-flight.ts'
import { createTurn } from '../inside/turn.ts'
import { checkWorkOptions, type WorkOptions } from '../inside/work-options.ts'
import type { Entry } from '../ports/backend.ts'
import { type ByteSource, ByteTaker, checkSource } from '../values/byte-source.ts'
import type { ReadableBackend } from '../values/headers.ts'
import { Receiver } from '../values/receive.ts'
import { verifyEntry } from '../values/verify-digest.ts'
import type { ArchiveProgress } from './export.ts'
import { Chain, ITEM_HEAD, KIND, PREAMBLE, TRAILER, TRAILER_HEAD, trailerHead } from './format.ts'

/** Values that are written together, by count and by bytes. */
const MOST = 256
const AIM = 2 ** 22
/** No store takes an entry of more bytes than this. */
const MAX_CONTENT = 2 ** 31

export interface ImportOptions extends WorkOptions<ArchiveProgress> {
  /** Whether a call that is recorded, or a ref that is named, is replaced. It is skipped unless this is given. */
  readonly overwrite?: boolean
}

export interface ImportResult extends ArchiveProgress {
  /** Calls and refs that were there already. */
  readonly skipped: number
}

/** @param written - told of each record that was written, so that nothing older is remembered of it */
export async function importArchive(
  inside: Inside,
  source: ByteSource,
  options: ImportOptions,
  written: (digest: CallDigest) => void,
): Promise<ImportResult> {
  checkWorkOptions(options, ['overwrite'])
  checkSource(source)
  const bytes = new ByteTaker(source)
  const reader = new ArchiveReader(inside, bytes, options, written)
  try {
    return await reader.read()
  } finally {
    reader.end()
    await bytes.end()
  }
}

class ArchiveReader {
  readonly #inside: Inside
  readonly #source: ByteTaker
  readonly #options: ImportOptions
  readonly #written: (digest: CallDigest) => void
  readonly #turn: () => Promise<void>
  readonly #receiver: Receiver
  readonly #chain = new Chain()
  readonly #read = new DigestSet()
  /** As the archive counts. */
  readonly #counts = { values: 0, calls: 0, refs: 0 }
  /** As they were written. */
  readonly #stored = { values: 0, calls: 0, refs: 0 }
  readonly #waiting = new Map<Digest, Entry>()
  #waitingBytes = 0
  #flight: Flight
  /** Whether records came since the last value. */
  #recorded = false
  #skipped = 0
  #bytes = 0

  constructor(inside: Inside, source: ByteTaker, options: ImportOptions, written: (digest: CallDigest) => void) {
    this.#inside = inside
    this.#source = source
    this.#options = options
    this.#written = written
    const { signal } = options
    this.#turn = createTurn(inside, { operation: 'import', aborted: 'what was stored by then is whole', signal })
    this.#receiver = new Receiver(inside)
    this.#flight = inside.saves.begin([])
  }

  end(): void {
    this.#flight.end()
  }

  async read(): Promise<ImportResult> {
    // Before anything is taken from the source.
    await this.#turn()
    await this.#preamble()
    for (;;) {
      await this.#turn()
      const [kind] = await this.#take(1)
      if (kind === KIND.end) break
      const rest = await this.#take(ITEM_HEAD - 1)
      const length = Number(new DataView(rest.buffer).getBigUint64(32))
      if (length > MAX_CONTENT) throw damaged(`an item claims to have ${length} bytes`)
      const content = await this.#take(length)
      this.#chain.add(Uint8Array.of(kind!), rest, content)
      // 32 bytes as hex digits are a digest by construction.
      await this.#item(kind!, toHex(rest, 0, 32) as Digest, content)
    }
    await this.#flush()
    await this.#trailer()
    return { ...this.#stored, bytes: this.#bytes, skipped: this.#skipped }
  }

  async #preamble(): Promise<void> {
    const found = await this.#source.take(PREAMBLE.length)
    this.#bytes += found.length
    const magic = PREAMBLE.length - 1
    if (found.length < PREAMBLE.length || found.subarray(0, magic).some((byte, i) => byte !== PREAMBLE[i])) {
      throw damaged('it does not begin as an archive does')
    }
    const format = found[magic]!
    if (format === PREAMBLE[magic]) return
    const message = `the archive has format ${format}; this version reads format ${PREAMBLE[magic]}: update riposte to read it`
    throw new RiposteError('ERR_UNKNOWN_FORMAT', message, { key: '', format })
  }

  async #trailer(): Promise<void> {
    const rest = await this.#take(TRAILER - 1)
    const expected = trailerHead(this.#counts)
    if (expected.subarray(1).some((byte, i) => byte !== rest[i])) throw damaged('its counts are not those of its items')
    this.#chain.add(expected)
    const chain = rest.subarray(TRAILER_HEAD - 1)
    if (this.#chain.bytes.some((byte, i) => byte !== chain[i]))
      throw damaged('its items are not those it was written with')
    if ((await this.#source.take(1)).length > 0) throw damaged('something follows its end')
  }

  async #take(count: number): Promise<Uint8Array> {
    const bytes = await this.#source.take(count)
    this.#bytes += bytes.length
    if (bytes.length < count) throw damaged(`it ends after ${this.#bytes} bytes, in the middle`)
    return bytes
  }

  async #item(kind: number, key: Digest, content: Uint8Array): Promise<void> {
    switch (kind) {
      case KIND.value:
        return this.#value({ key, bytes: content })
      case KIND.call:
        return this.#call({ key, bytes: content })
      case KIND.ref:
        return this.#ref(new TextDecoder().decode(content), key)
      default:
        throw damaged(`it has an item of kind ${kind}, of which this version knows nothing`)
    }
  }

  async #value(entry: Entry): Promise<void> {
    this.#counts.values += 1
    if (this.#recorded) this.#renewFlight()
    const opened = openEntry(entry.key, entry.bytes)
    this.#check(neededBy(opened), entry.key)
    await this.#verify(entry.key, opened)
    this.#read.add(entry.key)
    this.#waiting.set(entry.key, entry)
    this.#waitingBytes += entry.bytes.length
    if (this.#waiting.size >= MOST || this.#waitingBytes >= AIM) await this.#flush()
  }

  /** Records need from here on what came before them. */
  #renewFlight(): void {
    this.#flight.end()
    this.#flight = this.#inside.saves.begin(this.#waiting.keys())
    this.#recorded = false
  }

  /** Links are given by digest and by form; all that they lead to came before. */
  #check(links: readonly Digest[], key: Digest): void {
    const missing = links.find(link => !this.#read.has(link))
    if (missing !== undefined) throw damaged(`entry ${key} needs ${missing}, which does not come before it`)
  }

  async #verify(key: Digest, opened: OpenedEntry): Promise<void> {
    const verdict = await run(verifyEntry(this.#withWaiting(), key, opened))
    if (verdict.is === 'sound') return
    const reason = verdict.is === 'unverified' ? 'a part of it is damaged in the store' : verdict.reason
    throw new RiposteError('ERR_CORRUPT', `entry ${key} in the archive is not the value of its key: ${reason}`, {
      key,
      reason,
    })
  }

  /** What is stored, and what is about to be. */
  #withWaiting(): ReadableBackend {
    const { values } = this.#inside.store
    return {
      get: async keys => {
        const stored = await values.get(keys.filter(key => !this.#waiting.has(key)))
        let next = 0
        return keys.map(key => this.#waiting.get(key)?.bytes ?? stored[next++])
      },
    }
  }

  async #flush(): Promise<void> {
    if (this.#waiting.size === 0) return
    await run(this.#receiver.receive([...this.#waiting.values()], this.#flight))
    this.#stored.values += this.#waiting.size
    this.#waiting.clear()
    this.#waitingBytes = 0
    this.#options.onProgress?.({ ...this.#stored, bytes: this.#bytes })
  }

  async #call(entry: Entry): Promise<void> {
    this.#counts.calls += 1
    const { links, record } = openRecord(entry, this.#inside.registry)
    this.#check(links, entry.key)
    const digest = callDigest(
      record.identity,
      record.args.map(arg => arg.digest),
    )
    if (digest !== record.digest) throw damaged(`record ${entry.key} is that of call ${digest}`)
    await this.#flush()
    const call = receivedRecord(this.#inside, entry, this.#receiver.moved)
    const mode = this.#options.overwrite ? 'replace' : 'absent'
    const { calls } = await this.#inside.store.commit({ values: [], calls: [call], mode })
    if (calls[0] === undefined) {
      this.#stored.calls += 1
      this.#written(record.digest)
    } else this.#skipped += 1
    this.#recorded = true
  }

  async #ref(name: string, value: Digest): Promise<void> {
    this.#counts.refs += 1
    const { refs } = this.#inside.store
    if (!this.#read.has(value))
      throw damaged(`ref ${JSON.stringify(name)} names ${value}, which does not come before it`)
    if (name === '') throw damaged('a ref has no name')
    await this.#flush()
    const held = await refs?.read(name)
    const free = refs !== undefined && (held === undefined || this.#options.overwrite === true)
    if (free && (await refs.swap(name, held, value))) this.#stored.refs += 1
    else this.#skipped += 1
  }
}

function damaged(reason: string): RiposteError<'ERR_CORRUPT'> {
  return new RiposteError('ERR_CORRUPT', `the archive is damaged: ${reason}`, { key: '', reason })
}
