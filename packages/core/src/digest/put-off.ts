/**
 * Values deeper than one walk goes. The walk puts off what is too deep; that is encoded first, and found among the
 * known parts when the walk comes by again.
 */
import { cyclic, remaking } from './refusals.ts'
import type { Walk } from './walk.ts'

/** Writes a value of any depth from the first byte on. Returns where it ends. */
export function writeWhole(walk: Walk, root: unknown): number {
  const { memory, stored } = walk
  const mark = stored?.mark()
  const end = walk.part(root, 0)
  if (memory.putOff === undefined) return end
  if (mark !== undefined) stored?.rollBack(mark)
  // Only an object can have parts to put off.
  encodePutOff(walk, root as object)
  walk.linked = undefined
  const settled = walk.part(root, 0)
  if (memory.putOff !== undefined) throw remaking(walk, root as object)
  return settled
}

/** Encodes what a walk over `root` put off, deepest first. */
function encodePutOff(walk: Walk, root: object): void {
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
        begun.delete(frame.value)
        if (tryPart(walk, frame.value).length > 0) throw remaking(walk, frame.value)
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
