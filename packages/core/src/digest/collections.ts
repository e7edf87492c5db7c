/** Maps and Sets: arrays of their members, which ascend in the canonical encoding. */
import { MAJOR, TAG } from './format.ts'
import { changing } from './refusals.ts'
import type { Walk } from './walk.ts'

export function writeMap(walk: Walk, value: ReadonlyMap<unknown, unknown>, at: number): number {
  const size = sizeOfMap(value)
  const begin = walk.output.head(MAJOR.array, size * 2, walk.output.head(MAJOR.tag, TAG.map, at))
  const ends: number[] = []
  let end = begin
  for (const [key, element] of Map.prototype.entries.call(value)) {
    end = walk.part(element, walk.part(key, end))
    ends.push(end)
  }
  if (ends.length !== size) throw changing(walk, value)
  walk.sort(begin, ends)
  return end
}

export function writeSet(walk: Walk, value: ReadonlySet<unknown>, at: number): number {
  const size = sizeOfSet(value)
  const begin = walk.output.head(MAJOR.array, size, walk.output.head(MAJOR.tag, TAG.set, at))
  const ends: number[] = []
  let end = begin
  for (const member of Set.prototype.values.call(value)) {
    end = walk.part(member, end)
    ends.push(end)
  }
  if (ends.length !== size) throw changing(walk, value)
  walk.sort(begin, ends)
  return end
}

/** Sizes as they are, also where a property of the same name stands before them. */
const sizeOfMap = /* @__PURE__ */ sizeGetter<ReadonlyMap<unknown, unknown>>(Map.prototype)
const sizeOfSet = /* @__PURE__ */ sizeGetter<ReadonlySet<unknown>>(Set.prototype)

function sizeGetter<T>(prototype: object): (value: T) => number {
  const getter = Object.getOwnPropertyDescriptor(prototype, 'size')?.get
  // Every Map and Set has had this getter since there are any.
  return value => Reflect.apply(getter as () => number, value, [])
}
