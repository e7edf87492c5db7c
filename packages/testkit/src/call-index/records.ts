import type { ArgumentTerm, CallEntry, CallTerms, Digest, MetadataTerm, PartTerm, Scalar } from '@riposte/core'
import { bytesOf, keyFrom } from '../samples.ts'

/** Digests of values that stand in the arguments and results below; what values is all one here. */
export const ADA: Digest = keyFrom('0ada')
export const BOB: Digest = keyFrom('0b0b')
export const THREE: Digest = keyFrom('03')
export const FOUR: Digest = keyFrom('04')
export const NULL: Digest = keyFrom('f6')
export const OPTIONS: Digest = keyFrom('07')
const OTHER_OPTIONS: Digest = keyFrom('08')
export const RESULT: Digest = keyFrom('5e')
const OTHER_RESULT: Digest = keyFrom('5f')

type Argument = readonly [name: string | undefined, whole: Digest, parts?: Readonly<Record<string, Digest>>]

interface Sketch {
  readonly namespace?: string
  readonly name?: string
  readonly version?: string
  readonly args?: readonly Argument[]
  readonly result?: Digest
  readonly resultParts?: Readonly<Record<string, Digest>>
  readonly metadata?: Readonly<Record<string, Scalar | undefined>>
}

/** Each differs from another in one thing that a search may confuse. */
const SKETCHES: readonly Sketch[] = [
  {},
  { name: 'slow' },
  { name: 'Slow' },
  { name: 'slow ' },
  { name: 'slo_' },
  { name: 'slo%' },
  { name: "it's" },
  { name: '__proto__' },
  { name: 'é' },
  { name: 'e\u0301' },
  { namespace: 'llm', name: 'slow' },
  { namespace: 'slow', name: 'llm' },
  { name: 'slow', version: '1' },
  { name: 'slow', version: '"1"' },
  { name: 'slow', version: '1.0' },
  { name: 'slow', version: 'null' },
  { name: 'slow', version: '""' },
  { result: RESULT },
  { result: OTHER_RESULT },
  { args: [['user', ADA]] },
  { args: [['user', BOB]] },
  { args: [[undefined, ADA]] },
  {
    args: [
      ['user', ADA],
      ['day', THREE],
    ],
  },
  {
    args: [
      ['user', ADA],
      ['day', FOUR],
    ],
  },
  {
    args: [
      ['day', THREE],
      ['user', ADA],
    ],
  },
  {
    args: [
      ['user', BOB],
      ['day', THREE],
    ],
  },
  {
    args: [
      ['user', NULL],
      ['day', THREE],
    ],
  },
  {
    args: [
      [undefined, THREE],
      [undefined, ADA],
    ],
  },
  {
    args: [
      ['1', ADA],
      ['0', THREE],
    ],
  },
  { args: [['options', OPTIONS, { '/user': ADA, '/limit': THREE }]] },
  { args: [['options', OTHER_OPTIONS, { '/user': ADA, '/limit': FOUR }]] },
  { args: [['options', OTHER_OPTIONS, { '/limit': THREE }]] },
  { args: [['options', OPTIONS, { '/nested': OPTIONS, '/nested/user': ADA }]] },
  { args: [['options', OPTIONS, { '/a~1b': ADA, '/~01': BOB }]] },
  {
    args: [
      ['left', OPTIONS, { '/user': ADA }],
      ['right', OPTIONS, { '/user': BOB }],
    ],
  },
  {
    args: [
      ['left', OPTIONS, { '/user': BOB }],
      ['right', OPTIONS, { '/user': ADA }],
    ],
  },
  { args: [['ADA', ADA]], result: ADA },
  { result: RESULT, resultParts: { '/user': ADA, '/limit': THREE } },
  { result: RESULT, resultParts: { '/user': BOB, '/limit': THREE } },
  { result: RESULT, resultParts: { '/limit': ADA, '/user': THREE } },
  { result: RESULT, resultParts: { '/nested': OPTIONS, '/nested/user': ADA } },
  { result: RESULT, resultParts: { '/a~1b': ADA, '/~01': BOB } },
  { result: RESULT, resultParts: { '/': ADA, '/__proto__': BOB, '/é': THREE } },
  { result: RESULT, resultParts: { '/e\u0301': ADA, '/"': BOB, '/\\': THREE, '/\0': FOUR } },
  { result: RESULT, resultParts: { '/User': ADA, '*': RESULT } },
  { args: [['result', OPTIONS, { '/user': ADA }]], metadata: { '/user': 'ada' } },
  { metadata: { '/runtime': undefined, '/runtime/durationMs': 5 } },
  { metadata: { '/runtime': undefined, '/runtime/durationMs': 100 } },
  { metadata: { '/runtime': undefined, '/runtime/durationMs': 100.5 } },
  { metadata: { '/runtime': undefined, '/runtime/durationMs': -20 } },
  { metadata: { '/runtime': undefined, '/runtime/durationMs': 0 } },
  { metadata: { '/runtime': undefined, '/runtime/durationMs': 1e300 } },
  { metadata: { '/runtime': undefined, '/runtime/durationMs': Number.MAX_SAFE_INTEGER } },
  { metadata: { '/runtime': undefined, '/runtime/durationMs': '100' } },
  { metadata: { '/runtime': undefined } },
  { metadata: { '/runtimes/durationMs': 100 } },
  { metadata: { '/tags': undefined, '/tags/project': 'x' } },
  { metadata: { '/tags': undefined, '/tags/project': 'X' } },
  { metadata: { '/tags': undefined, '/tags/project': 'xy' } },
  { metadata: { '/tags': undefined, '/tags/project': '' } },
  { metadata: { '/tags': undefined, '/tags/project': '\u{ffff}' } },
  { metadata: { '/tags': undefined, '/tags/project': '😀' } },
  { metadata: { '/tags': undefined, '/tags/project': true } },
  { metadata: { '/tags': undefined, '/tags/project': false } },
  { metadata: { '/tags': undefined, '/tags/project': 1 } },
  { metadata: { '/tags': undefined, '/tags/project': 0 } },
  { metadata: { '/tags': undefined, '/tags/project': '1' } },
  { metadata: { '/tags': undefined, '/tags/project': 'true' } },
  { metadata: { '/tags': undefined, '/tags/project': null } },
  { metadata: { '/tags': undefined, '/tags/project': 'null' } },
  { metadata: { '/tags': undefined, '/tags/project': undefined, '/tags/project/x': 1 } },
  {
    metadata: { '/tags': undefined, '/tags/project': undefined, '/tags/project/x': undefined, '/tags/project/x/y': 2 },
  },
  {
    metadata: {
      '/tags': undefined,
      '/tags/a': 'x',
      '/tags/project': undefined,
      '/tags/project/x': 'x',
      '*': undefined,
    },
  },
  { metadata: { '/tags': undefined, '/tags/project': undefined, '/tags/project/x': undefined } },
  { metadata: { '/tags': undefined, '/tags/x': undefined, '/tags/x/project': 1 } },
  {
    namespace: 'llm',
    name: 'slow',
    version: '2',
    args: [
      ['user', ADA],
      ['day', THREE],
    ],
    result: RESULT,
    resultParts: { '/text': FOUR },
    metadata: { '/runtime': undefined, '/runtime/durationMs': 250, '/tags': undefined, '/tags/project': 'x' },
  },
  {
    namespace: 'llm',
    name: 'slow',
    version: '2',
    args: [
      ['user', ADA],
      ['day', FOUR],
    ],
    result: RESULT,
    metadata: { '/runtime': undefined, '/runtime/durationMs': 250, '/tags': undefined, '/tags/project': 'y' },
  },
]

/** The records that every search goes over; keys neither ascend nor descend. */
export const RECORDS: readonly CallEntry[] = SKETCHES.map((sketch, i) => {
  // A multiplier without a common divisor with 2^16 gives each its own key, scattered.
  const key = keyFrom(((i * 40_503 + 17) % 65_536).toString(16).padStart(4, '0'))
  return { key, bytes: bytesOf(`record ${i}`), terms: termsOf(sketch) }
})

/** Terms of a record, all but what is given left at the least. */
export function termsOf(sketch: Sketch): CallTerms {
  const { namespace = '', name = 'f', version, args = [], result, resultParts = {}, metadata = {} } = sketch
  return {
    namespace,
    name,
    version,
    args: args.flatMap(argumentTerms),
    result,
    resultParts: Object.entries(resultParts).map(([path, digest]): PartTerm => ({ path, digest })),
    metadata: Object.entries(metadata).map(([path, value]): MetadataTerm => ({ path, value })),
  }
}

function argumentTerms([name, whole, parts = {}]: Argument, position: number): ArgumentTerm[] {
  const pointers = Object.entries({ '': whole, ...parts })
  return pointers.map(([path, digest]) => ({ position, name, path, digest }))
}
