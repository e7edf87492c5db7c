import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  createCache,
  digest,
  intercept,
  memoryStore,
  RiposteError,
  type SyncStore,
  signed,
  tiered,
  tracing,
} from '../src/index.ts'
import { damage } from './cache/support.ts'

const FAULT = new Error('the listener broke')

const fault = (): never => {
  throw FAULT
}

let uncaught: unknown[] = []
let others: NodeJS.UncaughtExceptionListener[] = []

const hear = (error: unknown): void => {
  uncaught.push(error)
}

beforeEach(() => {
  uncaught = []
  others = process.listeners('uncaughtException')
  process.removeAllListeners('uncaughtException')
  process.on('uncaughtException', hear)
})

afterEach(() => {
  process.off('uncaughtException', hear)
  for (const other of others) process.on('uncaughtException', other)
})

/** What nobody caught until now. */
const thrown = (): Promise<readonly unknown[]> => new Promise(resolve => setImmediate(() => resolve(uncaught)))

/** A store that cannot be read. */
const unreadable = (): SyncStore =>
  intercept(memoryStore(), ({ intent }, next) => {
    if (intent === 'read') throw new RiposteError('ERR_BACKEND', 'it cannot be read', { operation: 'get' })
    return next()
  })

const VALUE = ['what', 'is', 'there']

/** A store that holds a value, damaged. */
function damaged(): SyncStore {
  const store = memoryStore()
  void createCache(store).values.save(VALUE)
  damage(store, 'values', digest(VALUE), 20)
  return store
}

/** What is asked of each, with the answer that there would be if nobody listened. */
const LISTENERS: readonly (readonly [name: string, ask: (broken: () => never) => unknown, answer: unknown])[] = [
  ['onOperation', broken => tracing(memoryStore(), { onOperation: broken }).values.has([digest(1)]), [false]],
  [
    'onFailure',
    broken => tiered([unreadable(), memoryStore()], { onFailure: broken }).values.has([digest(1)]),
    [false],
  ],
  [
    'onRejected',
    broken => signed(damaged(), { keys: [new Uint8Array(32)], onRejected: broken }).values.get([digest(VALUE)]),
    [undefined],
  ],
  [
    'onWarning',
    broken => createCache(damaged(), { onWarning: broken }).values.load(digest(VALUE)).catch(codeOf),
    'ERR_CORRUPT',
  ],
]

function codeOf(error: unknown): Promise<string | undefined> {
  return Promise.resolve(error instanceof RiposteError ? error.code : undefined)
}

test.each(LISTENERS)('what %s throws becomes an uncaught error, and the work goes on', async (_, ask, answer) => {
  expect(await ask(fault)).toEqual(answer)
  const all = await thrown()
  expect(all.length).toBeGreaterThan(0)
  expect(new Set(all)).toEqual(new Set([FAULT]))
})
