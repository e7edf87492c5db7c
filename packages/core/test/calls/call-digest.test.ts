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
