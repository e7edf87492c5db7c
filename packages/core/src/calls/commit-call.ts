/** Stores a call: its arguments, its result and its record, in one commit where nothing is in the way. */

import { encodeValue } from '../codec/encode-value.ts'
import { sameSeal } from '../codec/entry.ts'
import { addressOf, type EncodedValue } from '../codec/types.ts'
import type { Digest } from '../digest/address.ts'
import { RiposteError } from '../errors.ts'
import { type Steps, wait } from '../flow.ts'
import type { Inside } from '../inside/inside.ts'
import type { Flight } from '../inside/saves-in-flight.ts'
import type { Lease } from '../ports/leases.ts'
import type { Batch } from '../ports/store.ts'
import { checkClaims } from '../values/claims.ts'
import { gather, type Payloads } from '../values/gather.ts'
import { addressesOf, type SealedValue, sealValue } from '../values/sealed-value.ts'
import { type SettledValue, settle } from '../values/settle.ts'
import { WrittenBatch } from '../values/written.ts'
import { argumentForm, type DescribedCall, describeCall, type PartForm, resultForm } from './describe-call.ts'
import { findCall } from './find-call.ts'
import { foundOf } from './found.ts'
import type { SealedCall } from './sealed-call.ts'
import type { Found } from './stored-record.ts'

/** Writers that keep removing each other's records are given up on after so many rounds. */
const MAX_ROUNDS = 4

export interface CommitOptions {
  readonly metadata: { readonly [namespace: string]: unknown }
  /** Whether the record takes the place of one that stands. */
  readonly replace: boolean
  /** Kept on the record. */
  readonly expiresAt?: number | undefined
  /** Whether the result is an error that the call ended with. Kept on the record. */
  readonly threw?: boolean | undefined
  /** Kept on the record. */
  readonly source?: number | undefined
  /** Whether it may be committed a little later, with others. */
  readonly together?: boolean | undefined
  /** Under what lease it was computed: the commit ends it where the store can, which saves a transaction. */
  readonly holding?: Holding | undefined
}

/** A lease that may be ended by what was done under it. */
export interface Holding {
  readonly lease: Lease
  /** Is told that it was. */
  released(): void
}

/** Gives what stands in the end: this call's record, or without `replace` the one that was first. */
export function* commitCall(inside: Inside, call: SealedCall, result: unknown, options: CommitOptions): Steps<Found> {
  const args = call.begin()
  try {
    const found = yield* storeCall(inside, planCall(inside, call, args, encodeValue(result, inside), options), options)
    call.committed()
    return found
  } catch (error) {
    call.failed()
    throw error
  }
}

/** Everything about a call that is known before anything is written. */
interface PlannedCall {
  readonly call: SealedCall
  readonly result: EncodedValue
  readonly parts: readonly PlannedPart[]
  readonly described: DescribedCall
  readonly options: CommitOptions
}

/** The arguments in order, and last the result. */
interface PlannedPart {
  readonly form: PartForm
  /** Its entries; an argument that travels inside the record, or is not stored, has none. */
  readonly sealed: SealedValue | undefined
}

function planCall(
  inside: Inside,
  call: SealedCall,
  args: readonly EncodedValue[],
  result: EncodedValue,
  options: CommitOptions,
): PlannedCall {
  const plannedArgs = args.map((arg): PlannedPart => {
    const form = argumentForm(arg, call.storeArguments)
    return { form, sealed: call.storeArguments && !form.inline ? sealValue(arg) : undefined }
  })
  const plannedResult = { form: resultForm(result), sealed: sealValue(result) }
  const argForms = plannedArgs.map(({ form }) => form)
  const described = describeCall(inside, call, argForms, plannedResult.form, options)
  return { call, result, parts: [...plannedArgs, plannedResult], described, options }
}

function* storeCall(inside: Inside, plan: PlannedCall, options: CommitOptions): Steps<Found> {
  const { call, described } = plan
  const { replace, together = false, holding } = options
  const sealed = plan.parts.flatMap(part => part.sealed ?? [])
  const claims = [...call.claims, ...plan.result.claims, ...described.claims]
  const flight = inside.saves.begin([...sealed.flatMap(addressesOf), ...claims.map(claim => claim.digest)])
  try {
    yield* checkClaims(inside, claims)
    const written = new WrittenBatch(sealed)
    const mode = replace ? 'replace' : 'absent'
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const batch: Batch = {
        values: written.entries,
        calls: [described.entry],
        mode,
        releases: holding && [holding.lease],
      }
      const stayed = yield* wait(together ? inside.commits.commit(batch) : inside.store.commit(batch))
      if (stayed.released === true) holding?.released()
      written.record(stayed.values)
      if (stayed.calls[0] === undefined) return yield* conclude(inside, plan, written, flight)
      // Another record was first, or what stands there is damaged: then looking at it removes it.
      const standing = yield* wait(findCall(inside, call.digest))
      if (standing !== undefined) return standing
    }
  } finally {
    flight.end()
  }
  throw new RiposteError(
    'ERR_BACKEND',
    `the record of call ${call.digest} cannot be written: what stands there stays`,
    {
      operation: 'commit',
      location: inside.store.label,
    },
  )
}

/** Sees to values that met another order of themselves, and has the record name where they stand. */
function* conclude(inside: Inside, plan: PlannedCall, written: WrittenBatch, flight: Flight): Steps<Found> {
  const forms: PartForm[] = []
  let settled: SettledValue | undefined
  for (const { form, sealed } of plan.parts) {
    settled = sealed && (yield* settle(inside, sealed, written, flight, { rootKept: form.inline }))
    forms.push(settled === undefined ? form : { ...form, nodes: settled.nodes, form: settled.moved.get(form.digest) })
  }
  // The result comes last and always has entries.
  const result = forms.pop()!
  let { record } = plan.described
  if (forms.some(moved) || moved(result) || result.nodes !== plan.result.nodes) {
    const again = describeCall(inside, plan.call, forms, result, plan.options)
    if (!sameSeal(again.entry.bytes, plan.described.entry.bytes)) {
      yield* wait(inside.store.commit({ values: [], calls: [again.entry], mode: 'replace' }))
    }
    record = again.record
  }
  const payloads = yield* atHand(inside, plan.result, settled!)
  return foundOf(inside, record, payloads, plan.described.entry.bytes.length)
}

const moved = ({ form }: PartForm): boolean => form !== undefined

/** The result from what was just written; only what `ref`s in it stand for is read. */
function* atHand(inside: Inside, { claims }: EncodedValue, { nodes, moved }: SettledValue): Steps<Payloads> {
  const known = new Map<Digest, Uint8Array>()
  for (const node of nodes) {
    const address = addressOf(node)
    known.set(moved.get(address) ?? address, node.payload)
  }
  const claimed = claims.map(claim => claim.digest)
  return claimed.length === 0 ? known : yield* gather(inside, claimed, known)
}
