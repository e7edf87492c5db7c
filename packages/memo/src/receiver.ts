import type { Definition } from './definition.ts'
import { describeIdentity } from './identity.ts'

/** The object that a method is called on. */
export interface Receiver {
  readonly self: unknown
}

/**
 * The receiver of a call; `undefined` of a function that is no method.
 *
 * @throws {TypeError} when a method has none
 */
export function receiverOf({ context, identity }: Definition, receiver: Receiver | undefined): unknown {
  if (context === undefined || receiver !== undefined) return receiver?.self
  throw new TypeError(
    `expected a receiver for ${describeIdentity(identity)}, a method: ask for its verbs with on(self), or with verbs(method, self)`,
  )
}
