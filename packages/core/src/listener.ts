/**
 * A callback that only listens, for whoever goes on whatever it does: what it throws becomes an uncaught error, as with
 * listeners of an `EventTarget`.
 */
export function listener<T>(callback: (told: T) => void): (told: T) => void {
  return told => {
    try {
      callback(told)
    } catch (error) {
      queueMicrotask(() => {
        throw error
      })
    }
  }
}
