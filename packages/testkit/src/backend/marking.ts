import type { MarkingBackend } from '@riposte/core'
import type { Rules } from '../cases.ts'
import { equal, failsWith } from '../expect.ts'
import { entry, keyFrom, keysFrom, listedKeys } from '../samples.ts'

const A = keyFrom('aa')
const B = keyFrom('ab')
const C = keyFrom('b0')

/** What a `MarkingBackend` adds to a backend. */
export const marking: Rules<MarkingBackend> = {
  'a key is new once, and answers are in the order of keys': async backend => {
    const marks = backend.marks()
    equal(await marks.add([B, A, B]), [true, true, false], 'add')
    equal(await marks.add([A, C, B]), [false, true, false], 'a second add')
    equal(await marks.add([]), [], 'add of nothing')
    await marks.drop()
  },

  'a set has what was added to it, in the order of what is asked': async backend => {
    const marks = backend.marks()
    equal(await marks.has([A]), [false], 'has of an empty set')
    await marks.add([C, A])
    equal(await marks.has([B, A, C, B, A]), [false, true, true, false, true], 'has')
    equal(await marks.has([]), [], 'has of nothing')
    await marks.drop()
  },

  'sets know nothing of each other': async backend => {
    const [one, other] = [backend.marks(), backend.marks()]
    equal(await one.add([A]), [true], 'add')
    equal(await other.add([A, B]), [true, true], 'add to another set')
    equal(await one.has([A, B]), [true, false], 'has')
    await other.drop()
    equal(await one.has([A, B]), [true, false], 'has after another set was dropped')
    await one.drop()
  },

  'marks are no entries, and entries no marks': async backend => {
    await backend.put([entry(A, 'a'), entry(B, 'b')], 'keep')
    const marks = backend.marks()
    equal(await marks.add([B, C]), [true, true], 'add')
    equal(await listedKeys(backend), [A, B], 'entries')
    equal(await backend.has([C]), [false], 'has of entries')
    await backend.delete([{ key: B }])
    equal(await marks.has([A, B, C]), [false, true, true], 'has')
    await marks.drop()
    equal(await listedKeys(backend), [A], 'entries after drop')
  },

  'a batch of 1,100 marks is held whole': async backend => {
    const keys = keysFrom('e', 1100)
    const marks = backend.marks()
    equal((await marks.add(keys)).filter(isNew => isNew).length, 1100, 'add')
    equal((await marks.has(keys)).filter(isThere => isThere).length, 1100, 'has')
    equal((await marks.add(keys)).filter(isNew => isNew).length, 0, 'a second add')
    await marks.drop()
  },

  'marks added at once are each new once': async backend => {
    const keys = keysFrom('e', 40)
    const marks = backend.marks()
    const added = await Promise.all([...keys, ...keys].map(async key => marks.add([key])))
    equal(added.flat().filter(isNew => isNew).length, 40, 'marks that were new')
    equal((await marks.has(keys)).filter(isThere => isThere).length, 40, 'marks')
    await marks.drop()
  },

  'what was dropped is gone': async backend => {
    const marks = backend.marks()
    await marks.add([A])
    await marks.drop()
    await marks.drop()
    const next = backend.marks()
    equal(await next.has([A]), [false], 'has of a set made later')
    equal(await next.add([A]), [true], 'add to a set made later')
    await next.drop()
  },

  'the arrays of marks are neither kept nor changed': async backend => {
    const marks = backend.marks()
    const keys = [B, A]
    const adding = marks.add(keys)
    keys.reverse()
    equal(await adding, [true, true], 'add')
    const asked = Object.freeze([A, C, B])
    equal(await marks.has(asked), [true, false, true], 'has')
    equal(await marks.add(asked), [false, true, false], 'add of a frozen array')
    await marks.drop()
  },

  'a closed backend marks nothing, and its sets can be dropped': async backend => {
    const marks = backend.marks()
    await marks.add([A])
    await backend.close()
    await failsWith('ERR_CLOSED', 'add after close', () => marks.add([B]))
    await failsWith('ERR_CLOSED', 'has after close', () => marks.has([A]))
    await marks.drop()
  },
}
