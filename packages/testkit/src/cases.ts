import type { MaybePromise } from '@riposte/core'

/** A rule that a store keeps or breaks, for any test runner: `test(one.name, one.run)`. */
export interface Case {
  readonly name: string
  /** Rejects with a plain `Error` that says what was expected and what came. */
  readonly run: () => Promise<void>
}

/** Rules by name; each checks something that was just opened and is empty. */
export type Rules<S> = Readonly<Record<string, (subject: S) => Promise<void>>>

interface Closable {
  close(): MaybePromise<void>
}

/** A case for each rule: opens, checks `pick` of what was opened, and closes, also after a failure. */
export function casesOf<S, O extends Closable>(
  rules: Rules<S>,
  open: () => MaybePromise<O>,
  pick: (opened: O) => S,
  prefix = '',
): Case[] {
  return Object.entries(rules).map(([name, check]) => ({
    name: prefix + name,
    run: async () => {
      const opened = await open()
      try {
        await check(pick(opened))
      } catch (error) {
        // The broken rule says more than a close that fails because of it.
        await closeQuietly(opened)
        throw error
      }
      await opened.close()
    },
  }))
}

async function closeQuietly(opened: Closable): Promise<void> {
  try {
    await opened.close()
  } catch {
    // Told above: the case has failed already.
  }
}
