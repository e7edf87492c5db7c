/** One kind of entries in a store. */
import type { Home } from './home.ts'
import type { Kind } from './layout.ts'

export interface Folder {
  readonly home: Home
  readonly kind: Kind
}
