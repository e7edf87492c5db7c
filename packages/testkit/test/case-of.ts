import type { Case } from '@riposte/testkit'

/** The case of this name; a name that no case has is a mistake in a test. */
export function caseOf(cases: readonly Case[], name: string): Case {
  const found = cases.filter(one => one.name === name)
  if (found.length !== 1) throw new Error(`expected one case of the name "${name}", got ${found.length}`)
  return found[0] as Case // as just counted
}
