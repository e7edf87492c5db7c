import { digest } from '@riposte/core'
import { expect, test } from 'vitest'

const MIB = 1_048_576

test('the digest of 512 MiB takes no second copy of them, be they a Buffer, numbers or an ArrayBuffer', () => {
  const buffer = Buffer.alloc(512 * MIB, 7)
  const floats = new Float64Array(buffer.buffer, buffer.byteOffset, buffer.length / 8)
  // The most memory that this process ever had at once, in kilobytes: it has never had more than now.
  const before = process.resourceUsage().maxRSS
  digest({ buffer, floats, content: buffer.buffer })
  expect((process.resourceUsage().maxRSS - before) / 1024).toBeLessThan(64)
}, 120_000)
