import { storeOperations } from '#host'
import { isRiposteError } from '../../errors.ts'
import { isPromise, type MaybePromise } from '../../flow.ts'

export type AttributeValue = string | number

/** An operation of a store. What comes after the attributes is known once it has ended. */
export interface StoreOperation {
  /** The member: `get`, `put`, `commit`, … */
  readonly name: string
  /** Whose member: of the store itself, of one of its backends, its refs or its leases. */
  readonly target: 'store' | 'values' | 'calls' | 'refs' | 'leases'
  /** How many keys it is about; of a listing, how many entries it gave. */
  readonly keys: number
  /** By the names of OpenTelemetry's semantic conventions for databases, where they have one. */
  readonly attributes: Readonly<Record<string, AttributeValue>>
  /** How many of the keys were there, where the operation says so. */
  readonly found: number | undefined
  /** Bytes of the entries that were given or answered. */
  readonly bytes: number
  readonly durationMs: number
  /** What it failed with. */
  readonly error: unknown
}

/** What is known of an operation before it begins. */
export interface Beginning {
  readonly name: string
  readonly target: StoreOperation['target']
  readonly keys: number
  /** Bytes that are given. */
  readonly bytes?: number
}

/** What its result says. */
export interface Measures {
  readonly keys?: number
  readonly found?: number
  readonly bytes?: number
}

type Event = { -readonly [K in keyof StoreOperation]: StoreOperation[K] } & {
  attributes: Record<string, AttributeValue>
}

/** Observes operations of a store: publishes them, and tells whoever asked. */
export interface Observer {
  operation<T>(beginning: Beginning, next: () => MaybePromise<T>, measure?: (result: T) => Measures): MaybePromise<T>
  /** An operation that streams; `undefined` when nobody listens. */
  stream(beginning: Beginning): StreamObserver | undefined
}

export interface StreamObserver {
  item(bytes: number): void
  /** Called once. */
  end(failure?: { readonly error: unknown }): void
}

export function observer(label: string, onOperation: ((operation: StoreOperation) => void) | undefined): Observer {
  const isHeard = (): boolean => onOperation !== undefined || storeOperations.isHeard()

  const conclude = (event: Event, started: number, measures: Measures): void => {
    event.durationMs = performance.now() - started
    event.keys = measures.keys ?? event.keys
    event.found = measures.found
    event.bytes += measures.bytes ?? 0
    Object.assign(event.attributes, endAttributes(event))
    onOperation?.(event)
  }

  const fail = (event: Event, started: number, error: unknown): void => {
    event.error = error
    conclude(event, started, {})
  }

  return {
    operation(beginning, next, measure = () => ({})) {
      if (!isHeard()) return next()
      const event = eventOf(label, beginning)
      const started = performance.now()
      const concluded = <R>(result: R, measures: Measures): R => {
        conclude(event, started, measures)
        return result
      }
      return storeOperations.run(event, () => {
        let answer: ReturnType<typeof next>
        try {
          answer = next()
        } catch (error) {
          fail(event, started, error)
          throw error
        }
        if (!isPromise(answer)) return concluded(answer, measure(answer))
        return answer.then(
          result => concluded(result, measure(result)),
          (error: unknown) => {
            fail(event, started, error)
            throw error
          },
        )
      })
    },
    stream(beginning) {
      if (!isHeard()) return undefined
      const event = eventOf(label, beginning)
      const started = performance.now()
      storeOperations.begin(event)
      return {
        item(bytes) {
          event.keys += 1
          event.bytes += bytes
        },
        end(failure) {
          if (failure === undefined) conclude(event, started, { found: event.keys })
          else fail(event, started, failure.error)
          storeOperations.end(event)
        },
      }
    },
  }
}

function eventOf(label: string, { name, target, keys, bytes = 0 }: Beginning): Event {
  const attributes: Record<string, AttributeValue> = {
    'db.system.name': 'riposte',
    'db.namespace': label,
    'db.collection.name': target,
    'db.operation.name': name,
  }
  // The conventions call an operation a batch from two on.
  if (keys > 1) attributes['db.operation.batch.size'] = keys
  return { name, target, keys, attributes, found: undefined, bytes, durationMs: 0, error: undefined }
}

function endAttributes({ found, bytes, error }: Event): Record<string, AttributeValue> {
  const attributes: Record<string, AttributeValue> = { 'riposte.bytes': bytes }
  if (found !== undefined) attributes['db.response.returned_rows'] = found
  if (error !== undefined) attributes['error.type'] = typeOf(error)
  return attributes
}

function typeOf(error: unknown): string {
  if (isRiposteError(error)) return error.code
  return error instanceof Error ? error.name : typeof error
}
