/**
 * Values deeper than one walk goes. The walk puts off what is too deep; that is encoded first, and found among the
 * known parts when the walk comes by again.
 */
import { cyclic, remaking } from './refusals.ts'
import type { Walk } from './walk.ts'

/**
 * How often, in one value, something may be put off that was not when its container was walked before. Where a part
 * stands more than once, once is enough: what a container need not put off, since it was met before, it may have to when
 * the walk begins anew. A getter that makes its parts at every read never comes to an end.
 */
const MOST_AGAIN = 256

/** Writes a value of any depth from the first byte on. Returns where it ends. */
export function writeWhole(walk: Walk, root: unknown): number {
  const { memory, stored } = walk
  const again = { left: MOST_AGAIN }
  for (let isFirst = true; ; isFirst = false) {
    const mark = stored?.mark()
    const end = walk.part(root, 0)
    if (memory.putOff === undefined) return end
    // Only an object can have parts to put off.
    if (!isFirst) useUp(again, walk, root as object)
    if (mark !== undefined) stored?.rollBack(mark)
    encodePutOff(walk, root as object, again)
    walk.linked = undefined
  }
}

function useUp(again: { left: number }, walk: Walk, value: object): void {
  again.left -= 1
  if (again.left < 0) throw remaking(walk, value)
}

/** Encodes what a walk over `root` put off, deepest first. */
function encodePutOff(walk: Walk, root: object, again: { left: number }): void {
  const { memory } = walk
  const begun = new Set<object>([root])
  const frames: { readonly value: object; readonly rest: object[] }[] = [{ value: root, rest: memory.takePutOff() }]
  while (frames.length > 0) {
    const frame = frames[frames.length - 1]!
    const next = frame.rest.pop()
    if (next !== undefined) {
      if (memory.known?.has(next)) continue
      if (begun.has(next)) throw cyclic(walk, next)
      const rest = tryPart(walk, next)
      if (rest.length > 0) {
        begun.add(next)
        frames.push({ value: next, rest })
      }
    } else {
      frames.pop()
      // The root is encoded by the caller, as a part of nothing.
      if (frames.length > 0) {
        const rest = tryPart(walk, frame.value)
        if (rest.length === 0) begun.delete(frame.value)
        else {
          useUp(again, walk, frame.value)
          frames.push({ value: frame.value, rest })
        }
      }
    }
  }
}

/** Encodes a part and remembers it, or gives what of it was put off. */
function tryPart(walk: Walk, value: object): object[] {
  const { memory, stored } = walk
  const mark = stored?.mark()
  const start = walk.storedAt(0)
  const end = walk.container(value, 0)
  const rest = memory.takePutOff()
  if (rest.length === 0) memory.remember(value, walk.known(0, end, start))
  if (mark !== undefined) {
    if (rest.length === 0) stored?.rewind(0, start)
    else stored?.rollBack(mark)
  }
  return rest
}
