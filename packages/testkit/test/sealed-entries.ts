import { createHash } from 'node:crypto'
import type { Backend, Digest, Store } from '@riposte/core'

const HEADER = 40

/**
 * Lets the conformance cases run over a wrapper that looks into entries: the arbitrary bytes of the cases become the
 * payloads of entries, sealed as the spec of the stored form says.
 */
export function sealedEntries(inner: Store): Store {
  return {
    label: inner.label,
    values: payloads(inner.values),
    calls: payloads(inner.calls),
    refs: inner.refs,
    leases: inner.leases,
    commit: async batch => {
      const stayed = await inner.commit({
        values: batch.values.map(sealed),
        calls: batch.calls.map(entry => ({ ...sealed(entry), terms: entry.terms })),
        mode: batch.mode,
      })
      return {
        values: await standing(inner.values, batch.values, stayed.values),
        calls: await standing(inner.calls, batch.calls, stayed.calls),
      }
    },
    close: () => inner.close(),
  }
}

function payloads(inner: Backend): Backend {
  return {
    get: async (keys, options) => {
      const found = await inner.get(keys, options?.upTo === undefined ? options : { upTo: options.upTo + HEADER })
      return found.map(bytes => bytes?.subarray(HEADER))
    },
    put: async (entries, mode) => standing(inner, entries, await inner.put(entries.map(sealed), mode)),
    touch: keys => inner.touch(keys),
    has: keys => inner.has(keys),
    delete: removals => inner.delete(removals),
    async *list(options) {
      // Listed is the size as stored, which is the wrapper's affair.
      for await (const { key, touched } of inner.list(options)) {
        const [bytes] = await inner.get([key])
        if (bytes !== undefined) yield { key, size: bytes.length - HEADER, touched }
      }
    },
    now: () => inner.now(),
    close: () => inner.close(),
  }
}

/** The first bytes that a put answers hold no payload: it is read. */
async function standing(
  inner: Backend,
  entries: readonly { readonly key: Digest }[],
  stayed: readonly (Uint8Array | undefined)[],
): Promise<readonly (Uint8Array | undefined)[]> {
  return Promise.all(
    entries.map(async ({ key }, i) => {
      if (stayed[i] === undefined) return undefined
      const [bytes] = await inner.get([key])
      return bytes?.subarray(HEADER)
    }),
  )
}

function sealed({ key, bytes }: { readonly key: Digest; readonly bytes: Uint8Array }) {
  const entry = Buffer.alloc(HEADER + bytes.length)
  entry[0] = 1
  entry.write(key, 8, 'hex')
  entry.set(bytes, HEADER)
  createHash('sha256').update(entry).digest().copy(entry, 8)
  return { key, bytes: new Uint8Array(entry) }
}
