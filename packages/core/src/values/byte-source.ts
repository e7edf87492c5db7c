import { shownValue } from '../shown-value.ts'
/** The part of a `ReadableStream` that is used: not all of them can be iterated over. */
export interface ByteStream {
  getReader(): {
    read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>
    cancel(reason?: unknown): Promise<unknown>
  }
}

/** Bytes that come in pieces of any size: a `ReadableStream`, a Node stream, an array of arrays. */
export type ByteSource = AsyncIterable<Uint8Array> | Iterable<Uint8Array> | ByteStream

/** @throws {TypeError} when it is none */
export function checkSource(source: ByteSource): void {
  const isObject = typeof source === 'object' && source !== null
  const isSource = isObject && (Symbol.asyncIterator in source || Symbol.iterator in source || 'getReader' in source)
  // A byte array would be taken for a source of numbers.
  if (isSource && !ArrayBuffer.isView(source)) return
  throw new TypeError(`expected bytes as a ReadableStream or an (async) iterable of Uint8Arrays; got ${shown(source)}`)
}

function shown(source: unknown): string {
  if (ArrayBuffer.isView(source)) return 'one array of bytes: save it with save, or pass it as [bytes]'
  if (typeof source === 'string') return `${JSON.stringify(source)}: for a file, pass createReadStream(path)`
  return shownValue(source)
}

/** The pieces of a source. Left early, the source is told. */
export async function* piecesOf(source: ByteSource): AsyncGenerator<Uint8Array, void, undefined> {
  const pieces = Symbol.asyncIterator in source || Symbol.iterator in source ? source : readAll(source)
  for await (const piece of pieces) {
    if (!(piece instanceof Uint8Array)) {
      throw new TypeError(`expected pieces as Uint8Arrays; got ${shownValue(piece)}`)
    }
    if (piece.length > 0) yield piece
  }
}

async function* readAll(stream: ByteStream): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = stream.getReader()
  let ended = false
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done || value === undefined) {
        ended = true
        return
      }
      yield value
    }
  } finally {
    if (!ended) await reader.cancel()
  }
}

/** Takes as many bytes as are asked for from pieces of any size. */
export class ByteTaker {
  readonly #source: ByteSource
  readonly #pieces: AsyncIterator<Uint8Array>
  #hasBegun = false
  /** What is left of the piece that was begun: a view of what the source gave, which may be used again after the next piece. */
  #rest: Uint8Array = new Uint8Array(0)

  constructor(source: ByteSource) {
    this.#source = source
    this.#pieces = piecesOf(source)
  }

  /** The next `count` bytes, or as many as there are: a copy. Memory grows with what comes, not with what is asked for. */
  async take(count: number): Promise<Uint8Array> {
    const taken: Uint8Array[] = []
    let length = 0
    while (length < count) {
      if (this.#rest.length === 0) {
        this.#hasBegun = true
        const next = await this.#pieces.next()
        if (next.done) break
        this.#rest = next.value
      }
      // Not `slice`: on a Buffer it shares memory.
      const piece = new Uint8Array(this.#rest.subarray(0, count - length))
      this.#rest = this.#rest.subarray(piece.length)
      taken.push(piece)
      length += piece.length
    }
    return taken.length === 1 ? taken[0]! : joined(taken, length)
  }

  /** Tells the source that no more is wanted. */
  async end(): Promise<void> {
    if (this.#hasBegun) await this.#pieces.return?.()
    // A generator that was not begun would end without a word to what it was to read from.
    else await giveUp(this.#source)
  }
}

/** Tells a source from which nothing was read that nothing will be. */
async function giveUp(source: ByteSource): Promise<void> {
  if ('getReader' in source) await source.getReader().cancel()
  // A Node stream, which may have its file open already.
  else if ('destroy' in source && typeof source.destroy === 'function') source.destroy()
}

function joined(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  let at = 0
  for (const piece of pieces) {
    bytes.set(piece, at)
    at += piece.length
  }
  return bytes
}
