/** Stores bytes as they come, chunk by chunk: the value is never whole in memory. */

import type { ValueNode } from '../codec/types.ts'
import type { Digest } from '../digest/address.ts'
import { CHUNK_BYTES } from '../digest/format.ts'
import { RiposteError } from '../errors.ts'
import { run, type Steps } from '../flow.ts'
import type { Inside } from '../inside/inside.ts'
import { createTurn } from '../inside/turn.ts'
import { checkWorkOptions, type WorkOptions } from '../inside/work-options.ts'
import { chunkListNode, chunkNode } from './byte-nodes.ts'
import { type ByteSource, ByteTaker, checkSource } from './byte-source.ts'
import { putSound } from './put-sound.ts'
import { saveValues } from './save.ts'
import { sealNode } from './sealed-value.ts'

/** Chunks whose age is refreshed at once. */
const BATCH = 512

/** Progress is told after every chunk of 1 MiB. */
export interface SaveStreamOptions extends WorkOptions<{ readonly bytes: number }> {
  /** A name under which the value is kept from the sweep. */
  readonly pin?: string
}

/** @param saved - run when everything is stored, and still kept from the sweep */
export async function saveByteStream(
  inside: Inside,
  source: ByteSource,
  options: SaveStreamOptions,
  saved?: (digests: readonly Digest[]) => Steps<void>,
): Promise<Digest<Uint8Array>> {
  checkWorkOptions(options, ['pin'])
  checkSource(source)
  const { signal, onProgress } = options
  const turn = createTurn(inside, {
    operation: 'saveStream',
    aborted: 'the chunks written by then are garbage',
    signal,
  })
  const bytes = new ByteTaker(source)
  const flight = inside.saves.begin([])
  const chunks: Digest[] = []
  try {
    await turn()
    let content = await bytes.take(CHUNK_BYTES)
    let total = content.length
    for (;;) {
      const next = await bytes.take(CHUNK_BYTES)
      if (next.length === 0) break
      const node = chunkNode(content)
      flight.add([node.digest])
      await run(putNode(inside, node))
      chunks.push(node.digest)
      onProgress?.({ bytes: total })
      content = next
      total += next.length
      await turn()
    }
    if (chunks.length === 0) return await saveWhole(inside, content, saved)
    const last = chunkNode(content)
    // As the encoder splits it.
    const isEntry = last.payload.length > inside.inlineBelow
    const canonical = last.linkable ? last.digest : last.payload
    const list = chunkListNode(total, [...chunks, canonical], [...chunks, isEntry ? last.digest : last.payload])
    flight.add([last.digest, list.digest])
    if (isEntry) await run(putNode(inside, last))
    onProgress?.({ bytes: total })
    const gone = await refresh(inside, chunks, turn)
    await run(putNode(inside, list))
    if (gone !== undefined) await checkLoss(inside, list.digest, gone)
    if (saved !== undefined) await run(saved([list.digest]))
    // It is the digest of that many bytes.
    return list.digest as Digest<Uint8Array>
  } finally {
    flight.end()
    await bytes.end()
  }
}

async function saveWhole(
  inside: Inside,
  content: Uint8Array,
  saved: ((digests: readonly Digest[]) => Steps<void>) | undefined,
): Promise<Digest<Uint8Array>> {
  const [digest] = await run(saveValues(inside, [content], saved))
  return digest as Digest<Uint8Array>
}

/**
 * The first chunks may be old by now: a sweep elsewhere that looked at them before must see that they are wanted.
 *
 * @returns a chunk that is not there, if there is one
 */
async function refresh(
  inside: Inside,
  chunks: readonly Digest[],
  turn: () => Promise<void>,
): Promise<Digest | undefined> {
  for (let at = 0; at < chunks.length; at += BATCH) {
    await turn()
    const keys = chunks.slice(at, at + BATCH)
    const there = await inside.store.values.touch(keys)
    const gone = keys.find((_, i) => !there[i])
    if (gone !== undefined) return gone
  }
  return undefined
}

/** A chunk is not there: no loss in a store that keeps nothing; in any other the list is of no use. */
async function checkLoss(inside: Inside, list: Digest, gone: Digest): Promise<void> {
  const { values } = inside.store
  const [keeps] = await values.has([list])
  if (!keeps) return
  await values.delete([{ key: list }])
  const message = `the chunk ${gone} was removed while later ones were written; save the stream again, with a longer grace period of the sweep`
  throw new RiposteError('ERR_NOT_FOUND', message, { key: gone })
}

/** Puts a node of bytes. One that stands there, split elsewhere, is as good; one that is corrupt is replaced. */
function putNode(inside: Inside, node: ValueNode): Steps<boolean> {
  return putSound(inside, sealNode(node, undefined))
}
