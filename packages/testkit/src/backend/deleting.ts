import type { Backend } from '@riposte/core'
import type { Rules } from '../cases.ts'
import { equal } from '../expect.ts'
import { bytesOf, clockPast, entry, keyFrom, listedKeys, touchedOf } from '../samples.ts'

const A = keyFrom('aa')
const B = keyFrom('ab')
const C = keyFrom('ac')
const MISSING = keyFrom('ad')

/** Something was done to A after its age was read; a removal guarded with that age must spare it. */
function spares(change: (backend: Backend) => unknown, left: string): (backend: Backend) => Promise<void> {
  return async backend => {
    await backend.put([entry(A, 'a'), entry(B, 'b')], 'replace')
    const [a, b] = [await touchedOf(backend, A), await touchedOf(backend, B)]
    await clockPast(backend, Math.max(a, b))
    await change(backend)
    const removals = [
      { key: A, touched: a },
      { key: B, touched: b },
    ]
    equal(await backend.delete(removals), 1, 'delete')
    equal(await backend.get([A, B]), [bytesOf(left), undefined], 'get')
    equal(await backend.has([A, B]), [true, false], 'has')
  }
}

/** `delete`, guarded and not. */
export const deleting: Rules<Backend> = {
  'delete removes and counts what was there': async backend => {
    await backend.put([entry(A, 'a'), entry(B, 'b'), entry(C, 'c')], 'keep')
    equal(await backend.delete([{ key: C }, { key: MISSING }, { key: A }]), 2, 'delete')
    equal(await backend.get([A, B, C]), [undefined, bytesOf('b'), undefined], 'get')
    equal(await listedKeys(backend), [B], 'list')
    equal(await backend.touch([A, B]), [false, true], 'touch')
  },

  'a key twice in one batch of removals counts once': async backend => {
    await backend.put([entry(A, 'a')], 'keep')
    equal(await backend.delete([{ key: A }, { key: A }]), 1, 'delete')
    equal(await backend.delete([{ key: A }]), 0, 'a second delete')
  },

  'what was removed can be put again': async backend => {
    for (const mode of ['keep', 'absent', 'replace'] as const) {
      await backend.put([entry(A, 'old')], 'replace')
      await backend.delete([{ key: A }])
      equal(await backend.put([entry(A, mode)], mode), [undefined], `put ${mode}`)
      equal(await backend.get([A]), [bytesOf(mode)], `get after put ${mode}`)
    }
  },

  'a guarded delete removes what is unchanged since': async backend => {
    await backend.put([entry(A, 'a')], 'keep')
    equal(await backend.delete([{ key: A, touched: await touchedOf(backend, A) }]), 1, 'delete')
    equal(await backend.has([A]), [false], 'has')
  },

  'a removal whose age is undefined is not guarded': async backend => {
    await backend.put([entry(A, 'a')], 'keep')
    equal(await backend.delete([{ key: A, touched: undefined }]), 1, 'delete')
  },

  'a guarded delete spares what was touched since': spares(backend => backend.touch([A]), 'a'),
  'a guarded delete spares what was kept since': spares(backend => backend.put([entry(A, 'new')], 'keep'), 'a'),
  'a guarded delete spares what was replaced since': spares(
    backend => backend.put([entry(A, 'new')], 'replace'),
    'new',
  ),

  'a guarded delete spares what has any other age': async backend => {
    await backend.put([entry(A, 'a')], 'keep')
    const touched = await touchedOf(backend, A)
    for (const other of [touched - 1000, touched + 1000, 0]) {
      equal(await backend.delete([{ key: A, touched: other }]), 0, 'delete')
    }
    equal(await backend.get([A]), [bytesOf('a')], 'get')
  },

  'a guarded delete of what is not there removes nothing': async backend => {
    equal(await backend.delete([{ key: MISSING, touched: await backend.now() }]), 0, 'delete')
  },

  'a spared entry is read and listed as before': async backend => {
    // Its age is left out: an engine may have to take the entry aside to look at it, which makes it younger.
    await backend.put([entry(A, 'a'), entry(B, 'b')], 'keep')
    await backend.delete([{ key: A, touched: (await touchedOf(backend, A)) - 1000 }])
    equal(await backend.get([A, B]), [bytesOf('a'), bytesOf('b')], 'get')
    equal(await listedKeys(backend), [A, B], 'list')
    equal(await backend.touch([A]), [true], 'touch')
  },
}
