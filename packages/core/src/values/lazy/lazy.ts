import { addLinkItem, FORM_LINK_BYTES, LINK_BYTES } from '../../codec/stored-form.ts'
import type { Digest } from '../../digest/address.ts'
import type { Inside } from '../../inside/inside.ts'
import { checkOptionNames } from '../../option-names.ts'
import { ref } from '../../ref.ts'
import { shownValue } from '../../shown-value.ts'
import { LazyValue } from './lazy-value.ts'
import { LazySource } from './source.ts'
import type { Lazy, LazyOptions } from './types.ts'

const KEEP_BYTES = 64 * 2 ** 20

/** What a handle is of: a value by its digest, and where it stands. */
export interface LazyRoot {
  readonly digest: Digest
  /** Where it stands, if not under its digest. */
  readonly form?: Digest | undefined
  /** Its payload, if it is at hand. */
  readonly inline?: Uint8Array | undefined
}

/**
 * A handle of a stored value. Reads its entry, unless that is at hand.
 *
 * @throws {RiposteError} `ERR_NOT_FOUND`, `ERR_CORRUPT`, `ERR_UNKNOWN_FORMAT`
 */
export async function openLazy(
  inside: Inside,
  { digest, form, inline }: LazyRoot,
  { keepBytes = KEEP_BYTES }: LazyOptions = {},
): Promise<Lazy<unknown>> {
  inside.checkOpen()
  const source = new LazySource(inside, keepBytes)
  const item = inline ?? (await source.resolve(linkTo(digest, form)))
  const handle = new LazyValue(source, item, '', ref(digest))
  // What is known of nothing may be taken for what is known of an unknown value.
  return handle as object as Lazy<unknown>
}

/** @throws {TypeError | RangeError} when they are no options */
export function checkLazyOptions(options: LazyOptions): void {
  checkOptionNames(options, ['keepBytes'])
  const { keepBytes } = options
  if (keepBytes === undefined) return
  if (typeof keepBytes !== 'number') throw new TypeError(`expected keepBytes as a number; got ${shownValue(keepBytes)}`)
  if (!(keepBytes >= 0)) throw new RangeError(`expected keepBytes as a number of bytes from 0; got ${keepBytes}`)
}

function linkTo(digest: Digest, form: Digest | undefined): Uint8Array {
  const item = new Uint8Array(form === undefined ? LINK_BYTES : FORM_LINK_BYTES)
  addLinkItem(item, 0, digest, form)
  return item
}
