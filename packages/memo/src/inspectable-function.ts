import { describeIdentity } from './identity.ts'
import type { Identity } from './types/memoized.ts'

/** Where Node and other hosts look for how something is shown. */
const INSPECT: unique symbol = /* @__PURE__ */ Symbol.for('nodejs.util.inspect.custom')

/** Has `console.log` and `String` show who a memoized function is, instead of its verbs and of source text that is not its own. */
export function inspectable<F extends object>(fn: F, identity: Identity): F {
  const text = `Memoized ${describeIdentity(identity)}`
  // Not enumerable: nobody who lists the verbs meets it.
  const shown = { value: () => text }
  return Object.defineProperties(fn, { [INSPECT]: shown, toString: shown })
}
