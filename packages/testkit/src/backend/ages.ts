import type { Backend } from '@riposte/core'
import type { Rules } from '../cases.ts'
import { equal, isTrue } from '../expect.ts'
import { clockPast, entry, keyFrom, listed, touchedOf } from '../samples.ts'

const A = keyFrom('aa')
const B = keyFrom('ab')
const MISSING = keyFrom('ac')

/** Writes A and waits until a later touch must give another age. */
async function aged(backend: Backend): Promise<number> {
  await backend.put([entry(A, 'a')], 'replace')
  const touched = await touchedOf(backend, A)
  await clockPast(backend, touched)
  return touched
}

async function isYounger(backend: Backend, before: number, what: string): Promise<void> {
  const after = await touchedOf(backend, A)
  isTrue(after > before, `${what}: expected an age after ${before}, got ${after}`)
}

/** `touch`, `now`, and what the modes of `put` do to ages. */
export const ages: Rules<Backend> = {
  'touch says for each key whether it is there': async backend => {
    await backend.put([entry(A, 'a'), entry(B, 'b')], 'keep')
    equal(await backend.touch([B, MISSING, A]), [true, false, true], 'touch')
  },

  'touch sets the age to now': async backend => {
    const before = await aged(backend)
    const now = await backend.now()
    await backend.touch([A])
    const after = await touchedOf(backend, A)
    isTrue(after > before && after >= now, `expected an age of ${now} or later, got ${after}`)
  },

  'touch makes nothing and changes no bytes': async backend => {
    await backend.put([entry(A, 'a')], 'keep')
    await backend.touch([A, MISSING])
    equal(await backend.has([A, MISSING]), [true, false], 'has')
    equal((await backend.get([A]))[0], entry(A, 'a').bytes, 'get')
  },

  'touch leaves the ages of others': async backend => {
    const before = await aged(backend)
    await backend.put([entry(B, 'b')], 'keep')
    await backend.touch([B, MISSING])
    equal(await touchedOf(backend, A), before, 'the age of another entry')
  },

  'keep refreshes the age of what stands': async backend => {
    const before = await aged(backend)
    await backend.put([entry(A, 'other')], 'keep')
    await isYounger(backend, before, 'put keep')
  },

  'absent leaves the age of what stands': async backend => {
    const before = await aged(backend)
    await backend.put([entry(A, 'other')], 'absent')
    equal(await touchedOf(backend, A), before, 'the age after put absent')
  },

  'replace sets the age to now': async backend => {
    const before = await aged(backend)
    await backend.put([entry(A, 'other')], 'replace')
    await isYounger(backend, before, 'put replace')
  },

  'reading does not refresh ages': async backend => {
    const before = await aged(backend)
    await backend.get([A])
    await backend.get([A], { upTo: 1 })
    await backend.has([A])
    await listed(backend)
    equal(await touchedOf(backend, A), before, 'the age after reading')
  },

  'now is not before the age just given': async backend => {
    for (let i = 0; i < 20; i++) {
      await backend.put([entry(A, `write ${i}`)], 'replace')
      const touched = await touchedOf(backend, A)
      const now = await backend.now()
      isTrue(now >= touched, `expected ${touched} or later, got ${now}`)
    }
  },

  'no age is before an earlier now': async backend => {
    for (let i = 0; i < 20; i++) {
      const now = await backend.now()
      await backend.put([entry(A, `write ${i}`)], 'replace')
      const touched = await touchedOf(backend, A)
      isTrue(touched >= now, `expected ${now} or later, got ${touched}`)
    }
  },

  'now does not run backwards, and runs': async backend => {
    const first = await backend.now()
    let last = first
    for (let i = 0; i < 20; i++) {
      const next = await backend.now()
      isTrue(next >= last, `expected ${last} or later, got ${next}`)
      last = next
    }
    await clockPast(backend, first)
  },
}
