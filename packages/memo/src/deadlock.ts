/** Finds calls that would wait for themselves: a body that awaits a call which cannot end before the body does. */
import type { Flight } from './flight.ts'
import { createScope, type Scope, scopesAreCheap } from './scope.ts'

/** A body that runs, and the one that it was called from. */
interface RunningBody {
  readonly flight: Flight
  readonly outer: RunningBody | undefined
}

const running: Scope<RunningBody> = /* @__PURE__ */ createScope()

/** Runs a body so that calls from it are known to be from it, where that costs next to nothing. */
export function runAsBody<T>(flight: Flight, body: () => T): T {
  return scopesAreCheap() ? running.run({ flight, outer: running.get() }, body) : body()
}

/** Whether `flight` waits, maybe through others, for a body that the caller of this function was called from. */
export function waitsForUs(flight: Flight): boolean {
  const ours = new Set<Flight>()
  for (let body = running.get(); body !== undefined; body = body.outer) ours.add(body.flight)
  if (ours.size === 0) return false
  const reached = new Set([flight])
  // A set may grow while it is walked.
  for (const one of reached) {
    if (ours.has(one)) return true
    for (const next of one.waitsFor) reached.add(next)
  }
  return false
}

/** Notes that the body that the caller was called from, if any, waits for `flight`; gives what takes it back. */
export function noteWaiting(flight: Flight): () => void {
  const waiting = running.get()?.flight
  waiting?.waitsFor.add(flight)
  return () => void waiting?.waitsFor.delete(flight)
}
