import type { Digest } from '../digest/address.ts'
import type { Link, ValueNode } from './types.ts'

/** A node as it was written: its payload is a view that few ask for, and that takes 100 ns to make. */
export class WrittenNode implements ValueNode {
  readonly digest: Digest
  readonly form: Digest | undefined
  readonly links: readonly Link[]
  readonly linkable: boolean
  readonly room: Uint8Array
  private readonly header: number
  private view: Uint8Array | undefined

  constructor(
    digest: Digest,
    form: Digest | undefined,
    links: readonly Link[],
    linkable: boolean,
    room: Uint8Array,
    header: number,
  ) {
    this.digest = digest
    this.form = form
    this.links = links
    this.linkable = linkable
    this.room = room
    this.header = header
  }

  get payload(): Uint8Array {
    this.view ??= this.room.subarray(this.header)
    return this.view
  }
}
