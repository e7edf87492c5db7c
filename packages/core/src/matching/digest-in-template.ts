import type { Digest } from '../digest/address.ts'
import { isRiposteError, RiposteError } from '../errors.ts'
import type { DigestOf } from './matcher.ts'

/**
 * The digest of a value that stands in a template, at `path`.
 *
 * @throws {RiposteError} `ERR_UNDIGESTIBLE`, `ERR_CYCLIC` with the whole path
 */
export function digestInTemplate(value: unknown, path: string, digestOf: DigestOf): Digest {
  try {
    return digestOf(value)
  } catch (error) {
    if (isRiposteError(error, 'ERR_UNDIGESTIBLE')) {
      const details = { ...error.details, path: path + error.details.path }
      const message = `a template cannot ask for what it holds at ${details.path}: ${error.message}`
      throw new RiposteError('ERR_UNDIGESTIBLE', message, details, { cause: error })
    }
    if (isRiposteError(error, 'ERR_CYCLIC')) throw cyclicTemplate(path + error.details.path, error)
    throw error
  }
}

export function cyclicTemplate(path: string, cause?: unknown): RiposteError<'ERR_CYCLIC'> {
  const message = `a template cannot ask for what it holds at ${path}, which contains itself`
  return new RiposteError('ERR_CYCLIC', message, { path }, cause === undefined ? {} : { cause })
}
