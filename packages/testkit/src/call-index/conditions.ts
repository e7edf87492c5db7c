import type { CallCondition, Digest, ScalarTest } from '@riposte/core'
import { keyFrom } from '../samples.ts'
import { ADA, BOB, FOUR, NULL, OPTIONS, RESULT, THREE } from './records.ts'

const name = (equals: string): CallCondition => ({ field: 'name', equals })
const namespace = (equals: string): CallCondition => ({ field: 'namespace', equals })
const version = (equals: string | undefined): CallCondition => ({ field: 'version', equals })
const result = (equals: Digest): CallCondition => ({ field: 'result', equals })

function argument(at: number | string, equals?: Digest, path = ''): CallCondition {
  return { field: 'argument', at, path, equals }
}

function part(path: string, equals?: Digest): CallCondition {
  return { field: 'resultPart', path, equals }
}

function metadata(path: string, test?: ScalarTest): CallCondition {
  return { field: 'metadata', path, test }
}

const duration = (test: ScalarTest): CallCondition => metadata('/runtime/durationMs', test)
const project = (test: ScalarTest): CallCondition => metadata('/tags/project', test)

/** Searches by what they ask for. What each finds is what a scan with `matchesTerms` finds. */
export const CONDITIONS: Readonly<Record<string, readonly CallCondition[]>> = {
  'no condition at all': [],

  'a name': [name('slow')],
  'a name in another case': [name('SLOW')],
  'a name with a space behind': [name('slow ')],
  'a name with _ in it': [name('slo_')],
  'a name with % in it': [name('slo%')],
  'a name with a quote in it': [name("it's")],
  'the name __proto__': [name('__proto__')],
  'a composed letter': [name('é')],
  'a letter that is not composed': [name('e\u0301')],
  'a name that nobody has': [name('sl')],
  'an empty namespace': [namespace('')],
  'a namespace': [namespace('llm')],
  'a namespace and a name': [namespace('llm'), name('slow')],
  'a namespace and a name, each the other way round': [name('llm'), namespace('slow')],
  'two names at once': [name('slow'), name('f')],
  'one name twice': [name('slow'), name('slow')],

  'no version': [version(undefined)],
  'a version': [version('1')],
  'a version that is a string': [version('"1"')],
  'a version in another spelling': [version('1.0')],
  'the version null': [version('null')],
  'a version that is an empty string': [version('""')],
  'a name without a version': [name('slow'), version(undefined)],

  'a result': [result(RESULT)],
  'a result that is also an argument': [result(ADA)],
  'a result that nobody has': [result(keyFrom('99'))],

  'a part of a result': [part('/user', ADA)],
  'two parts of a result': [part('/user', ADA), part('/limit', THREE)],
  'two parts of a result that change places': [part('/user', THREE), part('/limit', ADA)],
  'a part of a result that nobody has': [part('/user', keyFrom('99'))],
  'a part of a result that stands elsewhere in it': [part('/nested', ADA)],
  'a nested part of a result': [part('/nested/user', ADA)],
  'a path in a result that is the end of another': [part('/ested/user', ADA)],
  'a path in a result that is the start of another': [part('/use', ADA)],
  'a path in a result in another case': [part('/User', ADA)],
  'a part of a result with / in its name': [part('/a~1b', ADA)],
  'a part of a result with ~ in its name': [part('/~01', BOB)],
  'a part of a result without a name': [part('/', ADA)],
  'a part of a result named __proto__': [part('/__proto__', BOB)],
  'a part of a result named with a composed letter': [part('/é', THREE)],
  'a part of a result named with a letter that is not composed': [part('/e\u0301', ADA)],
  'a part of a result named with a quotation mark': [part('/"', BOB)],
  'a part of a result named with a backslash': [part('/\\', THREE)],
  'a part of a result named with no character': [part('/\0', FOUR)],
  'the presence of a part of a result': [part('/limit')],
  'the presence of a part of a result that nobody has': [part('/day')],
  'that not all parts of a result are listed': [part('*')],
  'a result and a part of one': [result(RESULT), part('/limit', THREE)],
  'a part of a result, and metadata that no such call has': [part('/user', ADA), metadata('/user')],

  'an argument by position': [argument(0, ADA)],
  'an argument by name': [argument('user', ADA)],
  'an argument at another position': [argument(1, ADA)],
  'an argument of another name': [argument('day', ADA)],
  'a position that is a name too': [argument(0, THREE)],
  'a name that looks like a position': [argument('0', THREE)],
  'a name that looks like another position': [argument('1', ADA)],
  'the presence of a position': [argument(0)],
  'the presence of a second position': [argument(1)],
  'the presence of a third position': [argument(2)],
  'the presence of a name': [argument('user')],
  'the presence of a name in another case': [argument('User')],
  'an argument that is null': [argument('user', NULL)],
  'two arguments by name': [argument('user', ADA), argument('day', THREE)],
  'two arguments by position': [argument(0, ADA), argument(1, THREE)],
  'one argument by both': [argument('user', ADA), argument(1, ADA)],
  'an argument of two values at once': [argument('user', ADA), argument('user', BOB)],
  'an argument and the presence of another': [argument('user', ADA), argument('day')],

  'a whole object': [argument('options', OPTIONS)],
  'a property': [argument('options', ADA, '/user')],
  'two properties': [argument('options', ADA, '/user'), argument('options', THREE, '/limit')],
  'a property of an argument by position': [argument(0, FOUR, '/limit')],
  'a nested property': [argument('options', ADA, '/nested/user')],
  'a path that is the end of another': [argument('options', ADA, '/ested/user')],
  'a property with / in its name': [argument('options', ADA, '/a~1b')],
  'a property with ~ in its name': [argument('options', BOB, '/~01')],
  'the presence of a property': [argument('options', undefined, '/limit')],
  'a property that stands in one argument, not in the other': [argument('left', ADA, '/user')],
  'a property in each of two arguments': [argument('left', BOB, '/user'), argument('right', ADA, '/user')],
  'a value that stands elsewhere in the argument': [argument('options', THREE, '/user')],

  'the presence of metadata': [metadata('/runtime')],
  'the presence of metadata in a namespace': [metadata('/runtime/durationMs')],
  'the presence of metadata that is no scalar': [metadata('/tags/project')],
  'the presence of a path that is the start of another': [metadata('/run')],
  'metadata that is no scalar against any test': [metadata('/runtime', {})],
  'metadata against a test that asks nothing': [metadata('/tags/project', {})],
  'a number': [duration({ equals: 100 })],
  'a number as a string': [duration({ equals: '100' })],
  zero: [duration({ equals: 0 })],
  'a fraction': [duration({ equals: 100.5 })],
  'the largest safe integer': [duration({ equals: Number.MAX_SAFE_INTEGER })],
  'numbers below': [duration({ lt: 100 })],
  'numbers up to': [duration({ lte: 100 })],
  'numbers above': [duration({ gt: 100 })],
  'numbers from': [duration({ gte: 100 })],
  'numbers above a negative one': [duration({ gt: -20.5 })],
  'numbers above a large one': [duration({ gt: 1e299 })],
  'numbers between': [duration({ gt: 0, lte: 100.5 })],
  'numbers in a range that is empty': [duration({ gt: 100, lt: 100 })],
  'strings above, where most are numbers': [duration({ gt: '0' })],
  'a string': [project({ equals: 'x' })],
  'an empty string': [project({ equals: '' })],
  true: [project({ equals: true })],
  false: [project({ equals: false })],
  one: [project({ equals: 1 })],
  'the string 1': [project({ equals: '1' })],
  null: [project({ equals: null })],
  'the string null': [project({ equals: 'null' })],
  'strings below': [project({ lt: 'x' })],
  'strings up to': [project({ lte: 'x' })],
  'strings from an empty one': [project({ gte: '' })],
  'strings above the last of 16 bits, by code point': [project({ gt: '\u{ffff}' })],
  'strings below an emoji, by code point': [project({ lt: '😀', gte: 'x' })],
  'numbers where most are strings': [project({ gte: 0 })],
  'one of several': [project({ in: ['x', 1, null] })],
  'one of several booleans': [project({ in: [true, false] })],
  'one of one': [project({ in: ['X'] })],
  'one of none': [project({ in: [] })],
  'one of several, in a range': [project({ in: ['x', 'xy', ''], gt: '' })],
  'an equal that is out of the range': [project({ equals: 'x', gt: 'x' })],
  'two tests of one path': [duration({ gt: 0 }), duration({ lt: 101 })],
  'two paths': [duration({ gt: 100 }), project({ equals: 'x' })],

  'metadata further down': [metadata('/tags/project/x', { equals: 1 })],
  'the presence of metadata further down': [metadata('/tags/project/x')],
  'metadata further down that is no scalar': [{ field: 'opaque', path: '/tags/project/x' }],
  'metadata still further down': [metadata('/tags/project/x/y', { gt: 1 })],
  'that not all metadata is listed': [{ field: 'opaque', path: '*' }],

  'metadata that is no scalar': [{ field: 'opaque', path: '/tags' }],
  'metadata in a namespace that is no scalar': [{ field: 'opaque', path: '/tags/project' }],

  'everything at once': [
    namespace('llm'),
    name('slow'),
    version('2'),
    result(RESULT),
    part('/text', FOUR),
    argument('user', ADA),
    argument(1, THREE),
    metadata('/runtime'),
    duration({ gte: 250 }),
    project({ in: ['x', 'y'] }),
  ],
}
