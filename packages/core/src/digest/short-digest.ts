/** Digits that are enough to tell digests apart by eye, and to load by. */
const SHORT = 12

/** The first digits of a digest, for people. */
export function shortDigest(digest: string): string {
  return `${digest.slice(0, SHORT)}…`
}
