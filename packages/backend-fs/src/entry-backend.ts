/** The backend over one kind of entries. */
import type { Backend } from '@riposte/core'
import { readingNow } from './clock.ts'
import { deleteEntries } from './delete-entries.ts'
import { getEntries, hasEntries } from './find-entries.ts'
import type { Folder } from './folder.ts'
import type { Form } from './form.ts'
import { createGate } from './gate.ts'
import { checkKeys } from './layout.ts'
import { checkListOptions, listPages } from './list-entries.ts'
import { putEntries } from './put-entries.ts'
import { touchEntries } from './touch-entries.ts'

export function entryBackend(folder: Folder, form: Form, label: string): Backend {
  const gate = createGate(`${folder.kind} of ${label}`, label)
  return {
    get: (keys, options) =>
      form.answer(
        gate.reads('get', () => {
          checkKeys(keys)
          return getEntries(folder, [...keys], options?.upTo)
        }),
      ),
    put: (entries, mode) => form.answer(gate.writes('put', () => putEntries(folder, entries, mode))),
    touch: keys =>
      form.answer(
        gate.writes('touch', () => {
          checkKeys(keys)
          return touchEntries(folder, [...keys])
        }),
      ),
    has: keys =>
      form.answer(
        gate.reads('has', () => {
          checkKeys(keys)
          return hasEntries(folder, [...keys])
        }),
      ),
    delete: removals =>
      form.answer(
        gate.writes('delete', () => {
          checkKeys(removals.map(({ key }) => key))
          return deleteEntries(folder, [...removals])
        }),
      ),
    list: options => {
      checkListOptions(options)
      const next = listPages(folder, options)
      return form.stream(() => gate.reads('list', next))
    },
    now: () => form.answer(gate.reads('now', () => readingNow(folder.home))),
    close: () => form.answer(gate.close()),
  }
}
