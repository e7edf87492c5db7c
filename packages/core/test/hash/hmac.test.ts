import { describe, expect, test } from 'vitest'
import * as noble from '../../src/hash/noble.ts'
import * as node from '../../src/hash/node.ts'

const hex = (digits: string) => Uint8Array.from(Buffer.from(digits, 'hex'))

/** RFC 4231, test cases 1, 2, 3 and 6: key, data, HMAC-SHA-256. */
const VECTORS = [
  [
    '0b'.repeat(20),
    Buffer.from('Hi There').toString('hex'),
    'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
  ],
  [
    Buffer.from('Jefe').toString('hex'),
    Buffer.from('what do ya want for nothing?').toString('hex'),
    '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  ],
  ['aa'.repeat(20), 'dd'.repeat(50), '773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe'],
  [
    'aa'.repeat(131),
    Buffer.from('Test Using Larger Than Block-Size Key - Hash Key First').toString('hex'),
    '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
  ],
] as const

describe.each(Object.entries({ node, noble }))('HMAC-SHA256 of %s', (_name, { hmacSha256 }) => {
  test.each(VECTORS)('RFC 4231, key %s', (key, data, mac) => {
    expect(Buffer.from(hmacSha256(hex(key), [hex(data)])).toString('hex')).toBe(mac)
  })

  test('pieces count as one', () => {
    const [key, data, mac] = VECTORS[1]
    const bytes = hex(data)
    const pieces = [bytes.subarray(0, 5), new Uint8Array(), bytes.subarray(5)]
    expect(Buffer.from(hmacSha256(hex(key), pieces)).toString('hex')).toBe(mac)
  })
})
