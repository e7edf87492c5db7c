/** Listings that are made of other listings, and answer now where those do. */
import { isPromise, run, type Steps, wait } from '../flow.ts'

export type Stream<T> = Iterable<T> | AsyncIterable<T>

/** Where the items of a stream come from, one after the other. */
export interface StreamSource<T> {
  /** The next item, `undefined` at the end. */
  next(): Steps<T | undefined>
  /** Called once, at the end or when the stream is left early. */
  close(): Steps<void>
}

/**
 * A stream from its source.
 *
 * @param later - whether a step of the source may wait
 */
export function streamFrom<T>(source: StreamSource<T>, later: boolean): Stream<T> {
  return later ? itemsLater(source) : itemsNow(source)
}

export function answersLater(stream: Stream<unknown>): stream is AsyncIterable<unknown> {
  return Symbol.asyncIterator in stream
}

/** The items of a stream after a change, those left out for which it gives `undefined`. */
export function mapStream<T, U>(stream: Stream<T>, change: (item: T) => U | undefined): Stream<U> {
  const cursor = cursorOf(stream)
  return streamFrom(
    {
      *next() {
        for (let item = yield* cursor.next(); item !== undefined; item = yield* cursor.next()) {
          const changed = change(item)
          if (changed !== undefined) return changed
        }
        return undefined
      },
      close: cursor.close,
    },
    answersLater(stream),
  )
}

/** The first items of a stream, all if there is no limit. */
export function limitStream<T>(stream: Stream<T>, limit: number | undefined): Stream<T> {
  if (limit === undefined) return stream
  const cursor = cursorOf(stream)
  let left = limit
  return streamFrom(
    {
      *next() {
        if (left === 0) return undefined
        left -= 1
        return yield* cursor.next()
      },
      close: cursor.close,
    },
    answersLater(stream),
  )
}

/**
 * One ascending stream of several.
 *
 * @param compare - the order of the streams and of the result
 * @param pick - what stands for items that are equal by that order; they come in the order of their streams
 */
export function mergeStreams<T>(
  streams: readonly Stream<T>[],
  compare: (a: T, b: T) => number,
  pick: (equal: readonly { readonly item: T; readonly from: number }[]) => T,
): Stream<T> {
  const cursors = streams.map(cursorOf)
  let heads: (T | undefined)[] | undefined
  return streamFrom(
    {
      *next() {
        if (heads === undefined) {
          heads = []
          for (const cursor of cursors) heads.push(yield* cursor.next())
        }
        let least: T | undefined
        for (const head of heads)
          if (head !== undefined && (least === undefined || compare(head, least) < 0)) least = head
        if (least === undefined) return undefined
        const equal: { readonly item: T; readonly from: number }[] = []
        for (const [from, item] of heads.entries()) {
          if (item === undefined || compare(item, least) !== 0) continue
          equal.push({ item, from })
          heads[from] = yield* cursors[from]!.next()
        }
        return pick(equal)
      },
      *close() {
        for (const cursor of cursors) yield* cursor.close()
      },
    },
    streams.some(answersLater),
  )
}

/** The order of listings. */
export function byKey(a: { readonly key: string }, b: { readonly key: string }): number {
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0
}

/** A place in a stream that is read as steps. */
export function cursorOf<T>(stream: Stream<T>): StreamSource<T> {
  let iterator: Iterator<T> | AsyncIterator<T> | undefined
  let ended = false
  return {
    *next() {
      if (ended) return undefined
      iterator ??= Symbol.asyncIterator in stream ? stream[Symbol.asyncIterator]() : stream[Symbol.iterator]()
      const result: IteratorResult<T> = yield* wait(iterator.next())
      if (!result.done) return result.value
      ended = true
      return undefined
    },
    *close() {
      if (ended) return
      ended = true
      yield* wait(iterator?.return?.())
    },
  }
}

async function* itemsLater<T>(source: StreamSource<T>): AsyncGenerator<T, void, undefined> {
  try {
    for (let item = await run(source.next()); item !== undefined; item = await run(source.next())) yield item
  } finally {
    await run(source.close())
  }
}

function* itemsNow<T>(source: StreamSource<T>): Generator<T, void, undefined> {
  try {
    for (let item = now(source.next()); item !== undefined; item = now(source.next())) yield item
  } finally {
    now(source.close())
  }
}

function now<T>(steps: Steps<T>): T {
  const result = run(steps)
  if (!isPromise(result)) return result
  throw new TypeError('expected a store that answers now, since its listing does; its reads answer later')
}
