import type { Query } from '@riposte/core'

/** A query whose records are seen through `view`. */
export function viewQuery<A, B>(query: Query<A>, view: (record: A) => B): Query<B> {
  return {
    take: count => viewQuery(query.take(count), view),
    skip: count => viewQuery(query.skip(count), view),
    filter: keep =>
      viewQuery(
        query.filter(record => keep(view(record))),
        view,
      ),
    map: change => query.map(record => change(view(record))),
    toArray: async () => (await query.toArray()).map(view),
    first: async () => seen(await query.first(), view),
    only: async () => view(await query.only()),
    count: () => query.count(),
    latest: async () => seen(await query.latest(), view),
    evict: () => query.evict(),
    async *[Symbol.asyncIterator]() {
      for await (const record of query) yield view(record)
    },
  }
}

function seen<A, B>(record: A | undefined, view: (record: A) => B): B | undefined {
  return record === undefined ? undefined : view(record)
}
