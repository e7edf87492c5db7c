// What no library can do without: the raw call that the work comes down to.
import * as crypto from 'node:crypto'

/** SHA-256 as hex, in the quickest way that Node has. */
export const sha256 =
  typeof crypto.hash === 'function'
    ? data => crypto.hash('sha256', data, 'hex')
    : data => crypto.createHash('sha256').update(data).digest('hex')

export const jsonSha256 = value => sha256(JSON.stringify(value))
