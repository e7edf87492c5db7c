/** The name that was probably meant, for messages: one letter may be missing, too many, another, or in the wrong place. Case does not count. */
export function nearestName(names: readonly string[], given: string): string | undefined {
  const wanted = given.toLowerCase()
  // What is longer is near to none, and may be too long to be put together so often.
  if (names.every(({ length }) => wanted.length > length + 1)) return undefined
  const near = new Set(shortened(wanted))
  return (
    names.find(name => name.toLowerCase() === wanted) ??
    names.find(name => wanted.length > 1 && shortened(name.toLowerCase()).some(text => near.has(text)))
  )
}

/** A text, and all that is left of it without one letter. */
function shortened(text: string): readonly string[] {
  return [text, ...Array.from(text, (_, at) => text.slice(0, at) + text.slice(at + 1))]
}
