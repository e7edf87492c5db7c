// Digests or saves bytes, and tells how much memory that took at most beyond them. The store keeps nothing.
import { createCache, digest, voidStore } from '@riposte/core'

const [verb, mebibytes] = process.argv.slice(2)
const MIB = 2 ** 20
const bytes = Buffer.alloc(Number(mebibytes) * MIB)
// Every page is touched, and no chunk is like another.
for (let at = 0; at < bytes.length; at += 4096) bytes.writeUInt32LE(at, at)
const { values } = createCache(voidStore())
await values.save('so that all code is loaded')
const rest = process.resourceUsage().maxRSS
const key = verb === 'digest' ? digest(bytes) : await values.save(bytes)
console.log(JSON.stringify({ key, grownMiB: (process.resourceUsage().maxRSS - rest) / 1024 }))
