import { RiposteError } from '../errors.ts'

/** A Node `Writable`, such as `fs.createWriteStream(path)`: the part of it that is used. */
export interface NodeByteSink {
  /** Whether more may be written now. */
  readonly writable: boolean
  write(bytes: Uint8Array): boolean
  end(): unknown
  destroy(): unknown
  on(event: 'error', listener: (error: Error) => void): unknown
  on(event: 'finish' | 'close' | 'drain', listener: () => void): unknown
  off(event: 'drain', listener: () => void): unknown
}

export function isNodeSink(target: object): target is NodeByteSink {
  return ['write', 'end', 'on', 'off', 'destroy'].every(
    // Whatever came is looked at.
    name => typeof (target as { readonly [name: string]: unknown })[name] === 'function',
  )
}

/** Hands bytes on as fast as they are taken, and waits until all are written. What fails is destroyed. */
export async function writeToNode(bytes: AsyncIterable<Uint8Array>, sink: NodeByteSink): Promise<void> {
  if (!sink.writable) throw new TypeError('expected a stream that can be written to; this one was ended or destroyed')
  const finished = new Promise<void>((resolve, reject) => {
    // The listener stays: an error that nobody listens to ends the process.
    sink.on('error', reject)
    sink.on('finish', resolve)
    sink.on('close', () => reject(wasClosed()))
  })
  // It is waited for below; until then nobody hears of a rejection.
  finished.catch(() => {})
  try {
    for await (const chunk of bytes) if (!sink.write(chunk)) await Promise.race([drained(sink), finished])
    sink.end()
    await finished
  } catch (error) {
    sink.destroy()
    throw error
  }
}

function drained(sink: NodeByteSink): Promise<void> {
  return new Promise(resolve => {
    const listener = (): void => {
      sink.off('drain', listener)
      resolve()
    }
    sink.on('drain', listener)
  })
}

function wasClosed(): RiposteError<'ERR_ABORTED'> {
  const message = 'export was aborted: its target was closed before the end, so what it has is no whole archive'
  return new RiposteError('ERR_ABORTED', message, { operation: 'export' })
}
