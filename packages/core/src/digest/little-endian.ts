/** Numbers as the bytes of views: the least significant first, as on all but a few machines they lie. */

export const littleEndian: boolean = /* @__PURE__ */ (() => new Uint8Array(new Uint16Array([1]).buffer)[0] === 1)()

export type NumberView = Exclude<NodeJS.TypedArray, Buffer> | Uint8Array

export function viewBytes(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength)
}

export function littleEndianBytes(view: NumberView): Uint8Array {
  const bytes = viewBytes(view)
  const width = view.BYTES_PER_ELEMENT
  if (littleEndian || width === 1) return bytes
  const swapped = bytes.slice()
  for (let at = 0; at < swapped.length; at += width) swapped.subarray(at, at + width).reverse()
  return swapped
}
