/** The half of the decoder that reads what lies deep: with a stack of its own, where the other half recurses. */
import type { Decoder } from './decoder.ts'
import { Holes } from './holes.ts'
import type { Reader } from './reader.ts'

/** Not a value: a container was put on the stack, whose items come first. */
export const OPENED: unique symbol = Symbol('opened')

/** A container, tag or part whose items are still being read. */
export type OpenItem = { readonly count: number } & (
  | { readonly kind: 'array' }
  /** Keys and values come by turns. */
  | { readonly kind: 'object' }
  | { readonly kind: 'tag'; readonly tag: number }
  /** `outer`: where reading goes on after it. `again`: whether it was read before. */
  | { readonly kind: 'part'; readonly outer: Reader; readonly again: boolean }
)

interface Frame {
  readonly open: OpenItem
  readonly items: unknown[]
}

export class OpenItems {
  readonly #decoder: Decoder
  readonly #frames: Frame[] = []

  constructor(decoder: Decoder) {
    this.#decoder = decoder
  }

  push(open: OpenItem): void {
    this.#frames.push({ open, items: [] })
  }

  /** Reads on until the outermost item is whole. */
  read(): unknown {
    const frames = this.#frames
    const decoder = this.#decoder
    for (;;) {
      const { kind } = frames.at(-1)!.open
      let item = (kind === 'array' ? decoder.holes() : undefined) ?? decoder.item()
      if (item === OPENED) continue
      for (;;) {
        const { open, items } = frames.at(-1)!
        items.push(item)
        if (items.length < open.count) break
        frames.pop()
        decoder.leave()
        item = this.#finish(open, items)
        if (frames.length === 0) return item
      }
    }
  }

  #finish(open: OpenItem, items: readonly unknown[]): unknown {
    const decoder = this.#decoder
    switch (open.kind) {
      case 'array':
        return items.some(item => item instanceof Holes) ? decoder.sparse(items) : items
      case 'object': {
        const target = {}
        for (let i = 0; i < items.length; i += 2) decoder.setProperty(target, items[i], items[i + 1])
        return target
      }
      case 'tag':
        return decoder.endTag(open.tag, items[0])
      case 'part':
        decoder.endPart(open.outer, open.again)
        return items[0]
    }
  }
}
