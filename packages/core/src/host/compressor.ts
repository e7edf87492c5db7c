/** A compression that this runtime has. */
export interface Compressor {
  compress(bytes: Uint8Array, level: number | undefined): Uint8Array
  /** Throws where the bytes are none of its, or hold more than `length`: no more than that is unpacked. */
  decompress(bytes: Uint8Array, length: number): Uint8Array
}
