/** The rows of `spec/look-alikes.md`, and what evaluates the expressions in them. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { compileFunction, runInNewContext } from 'node:vm'
import { createRegistry, digest, type Registry, ref } from '@riposte/core'

export interface LookAlikes {
  readonly a: string
  readonly b: string
  readonly digests: 'same' | 'differ' | 'refused'
  /** The name of the deviation from the oracle, empty where there is none. */
  readonly deviation: string
}

/** The page with the table. */
export const table: string = readFileSync(join(import.meta.dirname, '../../../../spec/look-alikes.md'), 'utf8')

/** The lines that are rows. */
export const lines: readonly string[] = table.split('\n').filter(line => line.startsWith('| `'))

/** What a line is that can be read. */
export const ROW = /^\| `(?<a>.+?)` \| `(?<b>.+)` \| (?<digests>same|differ|refused) \| (?<deviation>[^|`]*?) ?\|$/

// The groups are those of the pattern; a test sees to it that it matches every line.
export const rows: readonly LookAlikes[] = lines.map(line => ({
  ...(ROW.exec(line)!.groups as { [Name in keyof LookAlikes]: LookAlikes[Name] }),
}))

class P {
  readonly x: unknown
  constructor(x: unknown) {
    this.x = x
  }
}
class Q {
  readonly x: unknown
  constructor(x: unknown) {
    this.x = x
  }
}
class U {
  readonly x: unknown
  constructor(x: unknown) {
    this.x = x
  }
}

/** Knows two of the three classes that expressions use. */
export const registry: Registry = createRegistry()
registry.register({ id: '00000001', type: P, takeApart: ({ x }) => x, build: x => new P(x) })
registry.register({ id: '00000002', type: Q, takeApart: ({ x }) => x, build: x => new Q(x) })

const helpers = {
  P,
  Q,
  U,
  digest,
  ref,
  runInNewContext,
  hidden: (target: object, key: PropertyKey, value: unknown) => Object.defineProperty(target, key, { value }),
  nest(levels: number, leaf: unknown): unknown {
    let value = leaf
    for (let i = 0; i < levels; i += 1) value = [value]
    return value
  },
}

/** The value of an expression: a new one each time. */
export function evaluate(expression: string): unknown {
  return compileFunction(`return (${expression})`, Object.keys(helpers))(...Object.values(helpers))
}
