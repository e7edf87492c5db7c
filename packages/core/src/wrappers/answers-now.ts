import { isPromise } from '../flow.ts'
import type { Backend } from '../ports/backend.ts'

/** Whether a backend answers now: it is asked about nothing. */
export function answersNow(backend: Backend): boolean {
  const answer = backend.get([])
  if (!isPromise(answer)) return true
  // Whoever asks it about something learns of a failure.
  answer.catch(() => {})
  return false
}
