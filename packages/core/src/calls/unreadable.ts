import { isRiposteError } from '../errors.ts'

const UNREADABLE = ['ERR_CORRUPT', 'ERR_UNKNOWN_FORMAT', 'ERR_UNKNOWN_CLASS'] as const

/** Whether an error says that what is stored cannot be built here: it is damaged, of a later version, or of a class that is not registered. */
export function isUnreadable(error: unknown): boolean {
  return UNREADABLE.some(code => isRiposteError(error, code))
}
