/**
 * Waits for what a stream is wanted for. A Node stream that fails while nobody listens ends the process, such as that of a
 * file that is not there.
 *
 * @throws what the stream fails with meanwhile
 */
export async function hearStream<T>(stream: unknown, loading: Promise<T>): Promise<T> {
  if (!isEmitter(stream)) return loading
  let failure: { readonly error: unknown } | undefined
  const hear = (error: unknown): void => {
    failure ??= { error }
  }
  stream.on('error', hear)
  try {
    const loaded = await loading
    if (failure !== undefined) throw failure.error
    return loaded
  } finally {
    stream.off('error', hear)
  }
}

interface Emitter {
  on(event: 'error', listener: (error: unknown) => void): unknown
  off(event: 'error', listener: (error: unknown) => void): unknown
}

function isEmitter(stream: unknown): stream is Emitter {
  // Whatever came is looked at.
  const { on, off } = (stream ?? {}) as Partial<Emitter>
  return typeof on === 'function' && typeof off === 'function'
}
