import type { Steps } from '../flow.ts'
import { answersLater, cursorOf, type Stream, type StreamSource, streamFrom } from './streams.ts'

/**
 * The items of a stream that pass a test: it is put to a page of them at a time, since it may ask a store.
 *
 * @param later - whether the test may wait
 */
export function filterPages<T>(
  stream: Stream<T>,
  pageSize: number,
  later: boolean,
  test: (page: readonly T[]) => Steps<readonly boolean[]>,
): Stream<T> {
  const cursor = cursorOf(stream)
  let passed: T[] = []
  function* next(): Steps<T | undefined> {
    while (passed.length === 0) {
      const page = yield* nextPage(cursor, pageSize)
      if (page.length === 0) return undefined
      const passes = yield* test(page)
      passed = page.filter((_, i) => passes[i])
    }
    return passed.shift()
  }
  return streamFrom({ next, close: cursor.close }, later || answersLater(stream))
}

function* nextPage<T>(cursor: StreamSource<T>, size: number): Steps<readonly T[]> {
  const page: T[] = []
  while (page.length < size) {
    const item = yield* cursor.next()
    if (item === undefined) break
    page.push(item)
  }
  return page
}
