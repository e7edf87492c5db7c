import { RiposteError } from '../errors.ts'
import { isNodeSink, type NodeByteSink, writeToNode } from './node-sink.ts'

/** What takes bytes as they come, such as a `WritableStream`: the part of it that is used. */
export interface ByteSink {
  getWriter(): {
    readonly ready: Promise<unknown>
    write(bytes: Uint8Array): Promise<unknown>
    close(): Promise<unknown>
    abort(reason?: unknown): Promise<unknown>
  }
}

/**
 * A `WritableStream` of bytes, a Node `Writable`, such as `createWriteStream(path)`, or a function that reads them all, such
 * as `bytes => writeFile(path, bytes)`.
 */
export type ArchiveTarget = ByteSink | NodeByteSink | ((bytes: AsyncIterable<Uint8Array>) => unknown)

/** Hands bytes on, as fast as they are taken. */
export async function pour(bytes: AsyncIterable<Uint8Array>, target: ArchiveTarget): Promise<void> {
  if (typeof target === 'function') await pourInto(bytes, target)
  else if ('getWriter' in target) await write(bytes, target)
  else await writeToNode(bytes, target)
}

/** @throws {TypeError} when it is none */
export function checkTarget(target: ArchiveTarget): void {
  // Whatever came is looked at.
  const { getWriter } = (target ?? {}) as Partial<ByteSink>
  if (typeof target === 'function' || typeof getWriter === 'function') return
  if (typeof target === 'object' && target !== null && isNodeSink(target)) return
  throw new TypeError(
    'expected a WritableStream, a Node stream: createWriteStream(path), or a function that reads bytes: bytes => writeFile(path, bytes)',
  )
}

async function pourInto(
  bytes: AsyncIterable<Uint8Array>,
  consume: (bytes: AsyncIterable<Uint8Array>) => unknown,
): Promise<void> {
  let finished = false
  async function* watched(): AsyncGenerator<Uint8Array, void, undefined> {
    yield* bytes
    finished = true
  }
  const given = watched()
  try {
    await consume(given)
  } finally {
    // A reader that stops early need not say so: what is open in the store would stay open.
    await given.return()
  }
  if (finished) return
  const message = 'export was aborted: its consumer did not read to the end, so what it has is no whole archive'
  throw new RiposteError('ERR_ABORTED', message, { operation: 'export' })
}

async function write(bytes: AsyncIterable<Uint8Array>, sink: ByteSink): Promise<void> {
  const writer = sink.getWriter()
  try {
    for await (const chunk of bytes) {
      await writer.ready
      await writer.write(chunk)
    }
  } catch (error) {
    // The first failure is the one to tell of.
    await writer.abort(error).catch(() => undefined)
    throw error
  }
  await writer.close()
}
