import type { MaybePromise } from '../flow.ts'

/** What is published of an operation, and may be more. */
export interface OperationEvent {
  error?: unknown
}

/** Where operations are published, for tools that subscribe by name. */
export interface OperationChannel {
  /** Whether anybody listens. */
  isHeard(): boolean
  /** Runs an operation as one event with a beginning and an end. */
  run<T>(event: OperationEvent, operation: () => MaybePromise<T>): MaybePromise<T>
  /** For an operation that is not one call: its beginning, and its end. */
  begin(event: OperationEvent): void
  end(event: OperationEvent): void
}
