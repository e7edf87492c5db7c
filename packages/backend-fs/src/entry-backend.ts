/** The backend over one kind of entries. */
import type { Backend, EvictingBackend } from '@riposte/core'
import { readingNow } from './clock.ts'
import { deleteEach, deleteEntries } from './delete-entries.ts'
import type { EvictionLog } from './eviction-log.ts'
import { getEntries, hasEntries, lookNow } from './find-entries.ts'
import type { Folder } from './folder.ts'
import type { Form } from './form.ts'
import { createGate, type Gate } from './gate.ts'
import { checkKeys } from './layout.ts'
import { checkListOptions, listPages } from './list-entries.ts'
import { putEntries } from './put-entries.ts'
import { touchEntries } from './touch-entries.ts'

export function entryBackend(folder: Folder, form: Form, label: string): Backend {
  return entryBackendAt(folder, form, createGate(`${folder.kind} of ${label}`, label))
}

/** The same, remembering in `log` what was evicted. */
export function evictingBackend(folder: Folder, form: Form, label: string, log: EvictionLog): EvictingBackend {
  const gate = createGate(`${folder.kind} of ${label}`, label)
  // The spread is of a literal that names every member.
  return {
    ...entryBackendAt(folder, form, gate),
    evict: (removals, cause) =>
      form.answer(
        gate.writes('evict', function* () {
          const keys = removals.map(({ key }) => key)
          checkKeys(keys)
          const gone = yield* deleteEach(folder, [...removals])
          const evicted = keys.filter((_, i) => gone[i])
          yield* log.note(evicted, cause)
          return evicted.length
        }),
      ),
    evictions: keys =>
      form.answer(
        gate.reads('evictions', () => {
          checkKeys(keys)
          return log.find([...keys])
        }),
      ),
  }
}

function entryBackendAt(folder: Folder, form: Form, gate: Gate): Backend {
  return {
    get(keys, { upTo } = {}) {
      const { filesNow } = form
      const seen =
        filesNow &&
        gate.looks('get', () => {
          checkKeys(keys)
          return lookNow(folder, filesNow, keys, upTo)
        })
      if (seen?.[0] !== undefined) return seen
      return form.answer(
        gate.reads('get', () => {
          checkKeys(keys)
          return getEntries(folder, [...keys], upTo, seen)
        }),
      )
    },
    put: (entries, mode) => form.answer(gate.writes('put', () => putEntries({ folder, entries, mode }))),
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
