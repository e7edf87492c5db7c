const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
  ['ms', 1],
] as const

/** A time in milliseconds since 1970, and how long ago that is, for people. */
export function pastMoment(at: number): string {
  // The clock of a store may be a little ahead of this process's.
  return `${new Date(at).toISOString()}, ${duration(Math.max(0, Date.now() - at))} ago`
}

/** The largest unit that fits; that is enough beside the time itself. */
function duration(milliseconds: number): string {
  const [unit, length] = UNITS.find(([, each]) => milliseconds >= each) ?? ['ms', 1]
  return `${Math.floor(milliseconds / length)} ${unit}`
}
