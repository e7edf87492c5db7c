/** The JSON Pointer (RFC 6901) of a property of what stands at `path`. */
export function pointerTo(path: string, key: string): string {
  return `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`
}
