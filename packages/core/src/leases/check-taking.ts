import type { TakeOptions } from '../ports/leases.ts'
import { shownValue } from '../shown-value.ts'

const HOST = /^[\w.-]{1,100}$/
const NAME = /^[\w-]{0,64}$/

/** @throws {TypeError | RangeError} for arguments of `take` that no lease can have */
export function checkTaking(key: unknown, { ttlMs, holder }: TakeOptions): void {
  checkKey(key)
  if (!Number.isSafeInteger(ttlMs) || ttlMs <= 0) {
    throw new RangeError(`expected ttlMs as a whole number of milliseconds above 0, got ${shownValue(ttlMs)}`)
  }
  const { host, pid, started, thread } = holder
  if (!HOST.test(host) || !Number.isSafeInteger(pid) || pid < 0 || !NAME.test(started) || !NAME.test(thread)) {
    throw new TypeError(`expected the holder of a lease, such as thisHolder() gives, got ${shownValue(holder)}`)
  }
}

/** @throws {TypeError} for what is no key of a lease */
export function checkKey(key: unknown): void {
  if (typeof key === 'string' && key !== '') return
  throw new TypeError(`expected the key of a lease, a string that is not empty, got ${shownValue(key)}`)
}
