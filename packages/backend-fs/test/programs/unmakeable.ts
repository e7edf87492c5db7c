/** Writes to a store where none can be made, and says what comes of it. */
import { fsStore } from '../../src/index.ts'

const [, , place = '', form] = process.argv
const store = fsStore(place, { sync: form === 'sync' })
try {
  await store.refs?.swap('name', undefined, 'a'.repeat(64))
} catch (error) {
  // Whatever it is: the test looks.
  const { code, message, cause } = error as Error & { code?: string; cause?: { code?: string } }
  process.stdout.write(JSON.stringify({ code, message, cause: cause?.code }))
}
