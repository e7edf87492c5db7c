/** How long `close` waits for what is no write, in milliseconds: a body that hangs must not hang the program. */
const PATIENCE = 10_000

/** Work that goes on when nobody waits for it, and that a cache should not be closed under. */
export class UnderWay {
  readonly #writes = new Set<Promise<unknown>>()
  readonly #others = new Set<Promise<unknown>>()

  /** Gives back what was given. How it ends is its own affair. */
  write<T>(work: Promise<T>): Promise<T> {
    keepUntilEnd(this.#writes, work)
    return work
  }

  background(work: Promise<unknown>): void {
    keepUntilEnd(this.#others, work)
  }

  /** Resolves when nothing is under way, or nothing but what took too long. */
  async settled(): Promise<void> {
    await withPatience(emptied(this.#others))
    await emptied(this.#writes)
  }
}

function keepUntilEnd(under: Set<Promise<unknown>>, work: Promise<unknown>): void {
  const ended: Promise<void> = work.then(NOTHING, NOTHING).then(() => void under.delete(ended))
  under.add(ended)
}

async function emptied(under: Set<Promise<unknown>>): Promise<void> {
  while (under.size > 0) await Promise.all(under)
}

function withPatience(work: Promise<void>): Promise<void> {
  return new Promise(resolve => {
    const timer = setTimeout(resolve, PATIENCE)
    void work.then(() => {
      clearTimeout(timer)
      resolve()
    })
  })
}

const NOTHING = (): void => {}
