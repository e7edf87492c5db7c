import type { Backend, MaybePromise } from '@riposte/core'
import { ages } from './backend/ages.ts'
import { closing } from './backend/closing.ts'
import { deleting } from './backend/deleting.ts'
import { listing } from './backend/listing.ts'
import { racing } from './backend/racing.ts'
import { reading } from './backend/reading.ts'
import { writing } from './backend/writing.ts'
import { type Case, casesOf, type Rules } from './cases.ts'

/** All that the doc comments of `Backend` promise. */
export const backendRules: Rules<Backend> = {
  ...reading,
  ...writing,
  ...ages,
  ...deleting,
  ...listing,
  ...racing,
  ...closing,
}

/**
 * Cases that every `Backend` passes. What it is given are arbitrary bytes: a backend does not look into them.
 *
 * @param options.open - opens a backend that is empty; each case opens its own and closes it
 */
export function backendConformance(options: { readonly open: () => MaybePromise<Backend> }): Case[] {
  return casesOf(backendRules, options.open, backend => backend)
}
