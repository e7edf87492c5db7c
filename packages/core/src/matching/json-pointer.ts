/** The JSON Pointer (RFC 6901) of a property of what stands at `path`. */
export function pointerTo(path: string, key: string): string {
  // Two searches take a fifth of two replacements, and hardly ever is there one to be made.
  if (!key.includes('~') && !key.includes('/')) return `${path}/${key}`
  return `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`
}
