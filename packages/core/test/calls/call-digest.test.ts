import fc from 'fast-check'
import { expect, test } from 'vitest'
import { callDigest } from '../../src/engine.ts'
import { digest } from '../../src/index.ts'

const base = { namespace: 'n', name: 'f', version: 1, conditions: [digest('env')] }
const args = [digest('ada'), digest(3)]

test('the key of a call is the digest of what its comment says', () => {
  expect(callDigest(base, args)).toBe(digest(['riposte call 1', 'n', 'f', 1, [digest('env')], args]))
  expect(callDigest(base, args)).toBe('17bf833a27b67d9278d69bf6856f62b57ea9ec8452392784b84ba39a511a2aab')
})

test.each([
  ['namespace', { ...base, namespace: '' }, args],
  ['name', { ...base, name: 'g' }, args],
  ['version', { ...base, version: 2 }, args],
  ['type of the version', { ...base, version: '1' }, args],
  ['lack of a version', { ...base, version: undefined }, args],
  ['conditions', { ...base, conditions: [] }, args],
  ['order of the arguments', base, [...args].reverse()],
  ['number of arguments', base, args.slice(1)],
  ['place between conditions and arguments', { ...base, conditions: [digest('env'), args[0]!] }, args.slice(1)],
])('another %s is another call', (_what, identity, others) => {
  expect(callDigest(identity, others)).not.toBe(callDigest(base, args))
})

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom('\ud800', 'n'.repeat(1100), 'é'.repeat(600)),
)
const digests = fc.string({ maxLength: 4 }).map(name => digest(name))
const identities = fc.record({
  namespace: text,
  name: text,
  version: fc.oneof(
    fc.constantFrom(undefined, 0, -0, 1.5),
    fc.integer(),
    text,
    fc.double({ noNaN: true, noDefaultInfinity: true }),
  ),
  conditions: fc.oneof(fc.array(digests, { maxLength: 3 }), fc.array(digests, { minLength: 14, maxLength: 18 })),
})
const lists = fc.oneof(fc.array(digests, { maxLength: 4 }), fc.array(digests, { minLength: 13, maxLength: 18 }))

test('keys are put together from bytes that were encoded before, and are those digests', () => {
  fc.assert(
    fc.property(identities, fc.array(lists, { minLength: 1, maxLength: 4 }), (identity, calls) => {
      const { namespace, name, version, conditions } = identity
      for (const given of calls) {
        expect(callDigest(identity, given)).toBe(
          digest(['riposte call 1', namespace, name, version, conditions, given]),
        )
      }
    }),
    { numRuns: 1000 },
  )
})

test('what was encoded before is not used for an identity that was changed since', () => {
  const identity = { ...base, conditions: [...base.conditions] }
  const changes = [
    () => Object.assign(identity, { name: 'g' }),
    () => Object.assign(identity, { version: '1' }),
    () => Object.assign(identity, { version: 0 }),
    () => Object.assign(identity, { version: -0 }),
    () => identity.conditions.push(digest('more')),
    () => identity.conditions.splice(0, 1, digest('other')),
  ]
  for (const change of changes) {
    const before = callDigest(identity, args)
    change()
    expect(callDigest(identity, args)).not.toBe(before)
    expect(callDigest(identity, args)).toBe(callDigest({ ...identity }, args))
  }
})

test('what is no digest is keyed as the text that it is', () => {
  for (const odd of ['', 'x'.repeat(64), 'é'.repeat(64), '\ud800'.repeat(64), 'x'.repeat(2000)]) {
    const given = [odd as (typeof args)[number]]
    expect(callDigest(base, given)).toBe(digest(['riposte call 1', 'n', 'f', 1, base.conditions, given]))
  }
})
