import { type Steps, wait } from '../flow.ts'

type Items<T> = Iterable<T> | AsyncIterable<T>

function iterate<T>(items: Items<T>): Iterator<T> | AsyncIterator<T> {
  return Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]()
}

/** Visits every item of a listing, which answers now or later. */
export function* eachItem<T>(items: Items<T>, visit: (item: T) => void): Steps<void> {
  const iterator = iterate(items)
  for (;;) {
    const next: IteratorResult<T> = yield* wait(iterator.next())
    if (next.done) return
    visit(next.value)
  }
}

/** The first `count` items of a listing, which is told that no more are wanted. */
export function* firstItems<T>(items: Items<T>, count: number): Steps<readonly T[]> {
  const iterator = iterate(items)
  const found: T[] = []
  while (found.length < count) {
    const next: IteratorResult<T> = yield* wait(iterator.next())
    if (next.done) return found
    found.push(next.value)
  }
  yield* wait(iterator.return?.())
  return found
}

/** The items of a listing in arrays of up to `size`. */
export async function* pagesOf<T>(items: Items<T>, size: number): AsyncGenerator<readonly T[], void, undefined> {
  let page: T[] = []
  if (Symbol.asyncIterator in items) {
    for await (const item of items) {
      page.push(item)
      if (page.length < size) continue
      yield page
      page = []
    }
  } else {
    // Without a promise for each item.
    for (const item of items) {
      page.push(item)
      if (page.length < size) continue
      yield page
      page = []
    }
  }
  if (page.length > 0) yield page
}
