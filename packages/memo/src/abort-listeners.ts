/** Who is to be told that a signal was aborted, and the listener that tells them. */
interface Listeners {
  readonly waiting: Set<() => void>
  readonly tell: () => void
}

const ofSignal: WeakMap<AbortSignal, Listeners> = /* @__PURE__ */ new WeakMap()

/**
 * Has `leave` called when a signal aborts that has not yet; gives what takes that back. All have one listener together: Node
 * takes more than ten on one signal for a leak, and walks through all of them to remove one.
 *
 * @param leave - another function each time
 */
export function whenAborted(signal: AbortSignal, leave: () => void): () => void {
  const { waiting, tell } = ofSignal.get(signal) ?? listen(signal)
  waiting.add(leave)
  return () => {
    waiting.delete(leave)
    if (waiting.size > 0) return
    signal.removeEventListener('abort', tell)
    ofSignal.delete(signal)
  }
}

function listen(signal: AbortSignal): Listeners {
  const waiting = new Set<() => void>()
  const tell = (): void => {
    for (const leave of waiting) leave()
  }
  const listeners: Listeners = { waiting, tell }
  ofSignal.set(signal, listeners)
  signal.addEventListener('abort', tell, { once: true })
  return listeners
}
