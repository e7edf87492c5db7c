/** Numbers as the bytes of views: the least significant first, as they lie on all but a few machines. */

/** Whether this machine is one of the many. */
export const isLittleEndian: boolean = /* @__PURE__ */ (() => new Uint8Array(new Uint16Array([1]).buffer)[0] === 1)()

const typedArray: object = /* @__PURE__ */ Object.getPrototypeOf(Uint8Array.prototype)
const ofTypedArray = /* @__PURE__ */ placeGetters(typedArray)
const ofDataView = /* @__PURE__ */ placeGetters(DataView.prototype)
const lengthGetter = /* @__PURE__ */ getterOf(typedArray, 'length')

export type NumberView = Exclude<NodeJS.TypedArray, Buffer> | Uint8Array

/** The bytes that a view shows, whatever own properties it has of the names `buffer`, `byteOffset` and `byteLength`. */
export function viewBytes(view: ArrayBufferView): Uint8Array {
  const { buffer, byteOffset, byteLength } = view instanceof DataView ? ofDataView : ofTypedArray
  // What these getters give is what their names say, for they refuse whatever is no view.
  return new Uint8Array(
    buffer.call(view) as ArrayBufferLike,
    byteOffset.call(view) as number,
    byteLength.call(view) as number,
  )
}

/** The bytes of a view, the least significant of each element first: on most machines a view of them, not a copy. */
export function littleEndianBytes(view: NumberView): Uint8Array {
  return swapUnlessLittle(viewBytes(view), view.BYTES_PER_ELEMENT)
}

/** Elements of `width` bytes as they lie on this machine made little-endian, or the other way round: the bytes themselves where that is the same. */
export function swapUnlessLittle(bytes: Uint8Array, width: number): Uint8Array {
  if (isLittleEndian || width === 1) return bytes
  const swapped = bytes.slice()
  for (let at = 0; at < swapped.length; at += width) swapped.subarray(at, at + width).reverse()
  return swapped
}

/** How many elements a view has, whatever own property `length` it has. */
export function viewLength(view: NumberView): number {
  return lengthGetter.call(view) as number
}

type Getter = (this: object) => unknown

function placeGetters(prototype: object): Record<'buffer' | 'byteOffset' | 'byteLength', Getter> {
  return {
    buffer: getterOf(prototype, 'buffer'),
    byteOffset: getterOf(prototype, 'byteOffset'),
    byteLength: getterOf(prototype, 'byteLength'),
  }
}

function getterOf(prototype: object, name: string): Getter {
  // Each of them is an accessor by the standard (ECMA-262, 23.2.3 and 25.3.4).
  return Object.getOwnPropertyDescriptor(prototype, name)!.get!
}
