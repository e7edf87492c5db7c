/** The table of templates: what each matches among these calls, on every store. */
import { ANY, type Cache, type CallTemplate, digest, exact, ref } from '@riposte/core'

interface Sketch {
  readonly namespace?: string
  readonly name?: string
  readonly version?: string | number
  readonly args?: readonly unknown[]
  readonly names?: readonly string[]
  readonly result?: unknown
  readonly metadata?: { readonly [namespace: string]: unknown }
  readonly storeArguments?: boolean
}

const big = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`k${i}`, i]))
export const huge = { user: 'ada', text: 'x'.repeat(9000), deep: { text: 'y'.repeat(9000), n: 1 } }

/** Calls by a letter that stands for them in the table below. */
export const CALLS: Readonly<Record<string, Sketch>> = {
  a: { args: ['ada', 3], names: ['user', 'day'] },
  b: { args: ['bob', 3], names: ['user', 'day'] },
  c: { args: [null, undefined], names: ['user', 'day'] },
  d: { args: ['ada'] },
  e: { name: 'other', version: 1 },
  f: { name: 'other', version: '1', namespace: 'n' },
  g: { args: [{ user: 'ada', limit: 3, deep: { a: { b: 1 } } }], names: ['options'] },
  h: { args: [{ user: 'ada' }], names: ['options'] },
  i: { args: [{}], names: ['options'] },
  j: { args: [[1, 2]], names: ['options'] },
  k: { args: [new Map([['user', 'ada']])], names: ['options'] },
  l: { args: [big], names: ['options'] },
  m: { args: [huge], names: ['options'] },
  n: { args: [{ ...huge, user: 'eve' }], names: ['options'], storeArguments: false },
  o: { args: [{ 'a/b': 1, '~': { '': 2 } }], names: ['options'] },
  p: { args: [{ deep: {} }], names: ['options'] },
  q: { result: { text: 'hello', usage: { tokens: 3 } }, metadata: { runtime: { startedAt: 1, durationMs: 50 } } },
  r: { result: { text: 'hello', usage: { tokens: 4 } }, metadata: { runtime: { startedAt: 2, durationMs: 150.5 } } },
  s: { result: null, metadata: { tags: { project: 'x', done: true, none: null } } },
  t: { result: undefined, metadata: { tags: { project: '150', list: [1], nested: { a: 1 } } } },
  u: { result: [1], metadata: { tags: { project: 0, big: 10n, inf: Infinity } } },
  v: { result: {}, metadata: { tags: { project: -0, lt: 1 }, note: 'plain', cost: 2.5 } },
  w: { result: huge, metadata: { run: { host: { name: 'a', cpu: { cores: 8, model: 'm' } }, at: new Date(0) } } },
  x: { result: big, metadata: { run: { host: { name: 'b', cpu: { cores: 16, zero: -0 } }, all: big } } },
  y: { result: { 'a/b': [1], at: new Date(0), deep: { text: 'y'.repeat(9000), n: 1 } } },
  z: { result: { '*': 1 }, metadata: { run: { host: { '*': 'star', cpu: { cores: '8' } } } } },
  A: { args: [{ a: 1, c: 3 }, { b: 2 }, { a: 4, b: 5, ...huge }], names: ['rest', 'rest', 'rest'] },
}

const template = (args: CallTemplate['args']): CallTemplate => ({ args: args! })
const meta = (metadata: object): CallTemplate => ({ metadata: metadata as NonNullable<CallTemplate['metadata']> })

export const TEMPLATES: readonly (readonly [rule: string, template: CallTemplate, matches: string])[] = [
  ['an empty template matches all', {}, 'Aabcdefghijklmnopqrstuvwxyz'],
  ['a name', { name: 'other' }, 'ef'],
  ['a name that is ANY', { name: ANY, version: 1 }, 'e'],
  ['a name that nobody has', { name: 'nobody' }, ''],
  ['a namespace', { namespace: 'n' }, 'f'],
  ['a namespace that is ANY', { namespace: ANY, name: 'other' }, 'ef'],
  ['a version that is a number', { version: 1 }, 'e'],
  ['a version that is text', { version: '1' }, 'f'],
  ['a version that is ANY', { name: 'other', version: ANY }, 'ef'],
  ['no version', { name: 'other', version: undefined }, ''],
  ['no version, of all', { version: undefined, args: ['ada'] }, 'ad'],

  ['an argument by position', template(['ada']), 'ad'],
  ['arguments by position', template(['ada', 3]), 'a'],
  ['an argument by name', template({ user: 'ada' }), 'a'],
  ['arguments by name', template({ user: 'bob', day: 3 }), 'b'],
  ['a name that a record lacks does not match, even as ANY', template({ day: ANY }), 'abc'],
  ['a position that a record lacks does not match, even as ANY', template([ANY, ANY]), 'Aabc'],
  ['an array with a hole leaves that position out', template(Object.assign([], { 1: 3 })), 'ab'],
  ['null is data', template({ user: null }), 'c'],
  ['undefined is data', template({ day: undefined }), 'c'],
  ['a ref matches by the digest it holds', template([ref(digest('ada'))]), 'ad'],
  ['text of digits is text', template([digest('ada')]), ''],
  ['an array is matched whole', template([[1, 2]]), 'j'],
  ['an array is no prefix', template([[1]]), ''],
  ['a Map is matched whole', template([new Map([['user', 'ada']])]), 'k'],
  ['no arguments asked for', template([]), 'Aabcdefghijklmnopqrstuvwxyz'],
  ['no names asked for', template({}), 'Aabcdefghijklmnopqrstuvwxyz'],

  ['a plain object is partial', template({ options: { user: 'ada' } }), 'ghm'],
  ['two properties', template({ options: { user: 'ada', limit: 3 } }), 'g'],
  ['a nested property', template({ options: { deep: { a: { b: 1 } } } }), 'g'],
  ['a nested property of another value', template({ options: { deep: { a: { b: 2 } } } }), ''],
  ['a partial object by position', template([{ user: 'ada' }]), 'ghm'],
  ['a property that is ANY must be there', template({ options: { limit: ANY } }), 'g'],
  ['a nested property that is ANY', template({ options: { deep: { a: ANY } } }), 'g'],
  ['a property by ref', template({ options: { user: ref(digest('ada')) } }), 'ghm'],
  ['a property that is exact', template({ options: { deep: exact({ a: { b: 1 } }) } }), 'g'],
  ['an empty object matches any plain object', template({ options: {} }), 'ghilmop'],
  ['an empty object inside matches any plain object there', template({ options: { deep: {} } }), 'gmp'],
  ['exact matches whole', template({ options: exact({ user: 'ada' }) }), 'h'],
  ['exact of an empty object', template({ options: exact({}) }), 'i'],
  ['a property of many, among those that are listed', template({ options: { k3: 3 } }), 'l'],
  ['a property of many, beyond those that are listed', template({ options: { k150: 150 } }), 'l'],
  ['a property of many, of another value', template({ options: { k150: 151 } }), ''],
  ['a property of many that is ANY', template({ options: { k199: ANY } }), 'l'],
  ['a property of a large argument', template({ options: { deep: { n: 1 } } }), 'm'],
  ['a property of an argument that is not stored', template({ options: { user: 'eve' } }), ''],
  ['properties with / and ~ and nothing in their names', template({ options: { 'a/b': 1, '~': { '': 2 } } }), 'o'],
  ['a property named like what is inherited', template({ options: { toString: ANY } }), ''],
  ['a property of one of the arguments of a rest parameter', template({ rest: { b: 2 } }), 'A'],
  ['properties of one of the arguments of a rest parameter', template({ rest: { a: 1, c: 3 } }), 'A'],
  ['properties of a large one of the arguments of a rest parameter', template({ rest: { a: 4, b: 5 } }), 'A'],
  ['properties of two arguments of a rest parameter', template({ rest: { a: 1, b: 2 } }), ''],
  ['an argument that is partial and another', template({ options: { user: 'ada' }, user: 'ada' }), ''],

  ['a result by value', { result: [1] }, 'u'],
  ['a result that is ANY', { result: ANY, name: 'other' }, 'ef'],
  ['a result that is null', { result: null }, 's'],
  ['a result by ref', { result: ref(digest([1])) }, 'u'],
  ['a result in part', { result: { usage: { tokens: 3 } } }, 'q'],
  ['a result in part, of several', { result: { text: 'hello' } }, 'qr'],
  ['a result with a property that is ANY', { result: { usage: { tokens: ANY } } }, 'qr'],
  ['a result that is any plain object', { result: {} }, 'qrvwxyz'],
  ['a result in part, of a large one', { result: { user: 'ada' } }, 'w'],
  ['a result in part, within a large one', { result: { deep: { n: 1 } } }, 'wy'],
  ['a result with a property that is any plain object', { result: { deep: {} } }, 'wy'],
  ['a result in part, by a property that is exact', { result: { usage: exact({ tokens: 4 }) } }, 'r'],
  ['a result in part, by a ref', { result: { user: ref(digest('ada')) } }, 'w'],
  ['a result in part, of another value', { result: { user: 'eve' } }, ''],
  ['a result of many properties, among those that are listed', { result: { k3: 3 } }, 'x'],
  ['a result of many properties, beyond those that are listed', { result: { k150: 150 } }, 'x'],
  ['a result of many properties, of another value', { result: { k150: 151 } }, ''],
  ['a result with a property that is data', { result: { at: new Date(0) } }, 'y'],
  ['a result with odd names', { result: { 'a/b': [1] } }, 'y'],
  ['a result with a property named as what is cut', { result: { '*': 1 } }, 'z'],
  ['a result in part, and metadata', { result: { user: 'ada' }, metadata: { run: { host: { name: 'a' } } } }, 'w'],
  ['a result and an argument, both in part', { result: { user: 'ada' }, args: [{ user: 'ada' }] }, ''],
  ['an exact result', { result: exact({}) }, 'v'],

  ['metadata that is there', meta({ runtime: ANY }), 'qr'],
  ['metadata that is there, as an empty object', meta({ tags: {} }), 'stuv'],
  ['metadata that nobody has', meta({ git: {} }), ''],
  ['a key of metadata that is there', meta({ tags: { done: ANY } }), 's'],
  ['a value of metadata', meta({ tags: { project: 'x' } }), 's'],
  ['two values of metadata', meta({ tags: { project: 'x', done: true } }), 's'],
  ['two values of metadata that do not meet', meta({ tags: { project: '150', done: true } }), ''],
  ['metadata that is null', meta({ tags: { none: null } }), 's'],
  ['metadata that is zero', meta({ tags: { project: 0 } }), 'u'],
  ['metadata that is minus zero', meta({ tags: { project: -0 } }), 'v'],
  ['metadata that is an array', meta({ tags: { list: [1] } }), 't'],
  ['metadata that is a bigint', meta({ tags: { big: 10n } }), 'u'],
  ['metadata that is infinite', meta({ tags: { inf: Infinity } }), 'u'],
  ['metadata that is an object, whole', meta({ tags: { nested: exact({ a: 1 }) } }), 't'],
  ['metadata that is an object is partial', meta({ run: { host: { name: 'a' } } }), 'w'],
  ['metadata that is an object, with a property it lacks', meta({ tags: { nested: { b: 1 } } }), ''],
  ['metadata that is an object, whole, is not in part', meta({ run: { host: exact({ name: 'a' }) } }), ''],
  ['metadata deep down', meta({ run: { host: { cpu: { cores: 8 } } } }), 'w'],
  ['metadata deep down that is text', meta({ run: { host: { cpu: { cores: '8' } } } }), 'z'],
  ['metadata deep down in a range', meta({ run: { host: { cpu: { cores: { gt: 4, lte: 8 } } } } }), 'w'],
  ['metadata deep down, one of several', meta({ run: { host: { cpu: { cores: { in: [16, '8'] } } } } }), 'xz'],
  ['metadata deep down that is there', meta({ run: { host: { cpu: { model: ANY } } } }), 'w'],
  ['metadata deep down that is there, as an empty object', meta({ run: { host: { cpu: {} } } }), 'wxz'],
  ['metadata deep down that is minus zero', meta({ run: { host: { cpu: { zero: -0 } } } }), 'x'],
  ['metadata deep down that is not zero', meta({ run: { host: { cpu: { zero: 0 } } } }), ''],
  ['metadata deep down that is an object, whole', meta({ run: { host: { cpu: exact({ cores: '8' }) } } }), 'z'],
  ['metadata deep down, beyond what is listed', meta({ run: { all: { k150: 150 } } }), 'x'],
  ['metadata deep down, beyond what is listed, in a range', meta({ run: { all: { k150: { lt: 151 } } } }), 'x'],
  ['metadata deep down, beyond what is listed, of another value', meta({ run: { all: { k150: 151 } } }), ''],
  [
    'metadata deep down, of what is cut and of what is not',
    meta({ run: { all: { k150: 150 }, host: { name: 'b' } } }),
    'x',
  ],
  ['metadata deep down, in no object', meta({ run: { at: { getTime: ANY } } }), ''],
  ['metadata deep down, named as what is cut', meta({ run: { host: { '*': 'star' } } }), 'z'],
  ['metadata outside a namespace', meta({ note: 'plain' }), 'v'],
  ['metadata outside a namespace, in a range', meta({ cost: { gt: 2, lte: 2.5 } }), 'v'],
  ['metadata outside a namespace, out of a range', meta({ cost: { gt: 2.5 } }), ''],
  ['metadata outside a namespace, one of several', meta({ note: { in: ['simple', 'plain'] } }), 'v'],
  ['a namespace, in a range', meta({ tags: { lt: 2 } }), ''],
  ['a range of numbers', meta({ runtime: { durationMs: { gt: 100 } } }), 'r'],
  ['a range with both ends', meta({ runtime: { durationMs: { gte: 50, lt: 150.5 } } }), 'q'],
  ['between includes both ends', meta({ runtime: { durationMs: { between: [50, 150.5] } } }), 'qr'],
  ['one of several', meta({ tags: { project: { in: ['x', 'y', 0] } } }), 'suv'],
  ['a range of text passes numbers by', meta({ tags: { project: { gte: '' } } }), 'st'],
  ['a key named like a bound', meta({ tags: exact({ project: -0, lt: 1 }) }), 'v'],

  [
    'everything at once',
    { name: 'f', namespace: '', version: undefined, args: { user: 'ada', day: ANY }, result: ANY },
    'a',
  ],
]

/** Stores the calls; gives the letter of each by its digest. */
export async function fillWithCalls({ calls }: Cache): Promise<ReadonlyMap<string, string>> {
  const letters = new Map<string, string>()
  for (const [letter, sketch] of Object.entries(CALLS)) {
    const { namespace = '', name = 'f', version, args = [], names, storeArguments = true } = sketch
    // No two of these calls are the same: the letter is among their conditions.
    const identity = { namespace, name, version, conditions: [digest(letter)] }
    const call = calls.prepare(identity, { values: args, names }, { storeArguments })
    const { metadata = {} } = sketch
    await calls.commit<unknown>(call, 'result' in sketch ? sketch.result : letter, { metadata })
    letters.set(call.digest, letter)
  }
  return letters
}

/** The letters of the calls that a template matches; they must come ascending by digest. */
export async function matchesOf(
  { calls }: Cache,
  asked: CallTemplate,
  letters: ReadonlyMap<string, string>,
): Promise<string> {
  const found = (await calls.query(asked).toArray()).map(call => call.digest)
  if (found.some((key, i) => i > 0 && found[i - 1]! >= key)) throw new Error('the matches are not ascending by digest')
  return found
    .map(key => letters.get(key))
    .sort()
    .join('')
}
