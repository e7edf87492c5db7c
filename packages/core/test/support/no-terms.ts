import type { CallTerms } from '../../src/index.ts'

/** Of a call of `f` that nothing but its function is known of. */
export const NO_TERMS: CallTerms = {
  namespace: '',
  name: 'f',
  version: undefined,
  args: [],
  result: undefined,
  resultParts: [],
  metadata: [],
}
