/**
 * The one walk over a value. It writes the canonical encoding, in which a large part is replaced by its digest, and, if
 * a `StoredForm` is given, the stored form beside it, in which parts keep the order they came in. Every property is
 * read once, so both say the same even of getters.
 *
 * Here is what all parts have in common: the choice by type, how containers recurse, and how a part becomes a link.
 * What stands in a container is written by `plain.ts`, `arrays.ts` and `special.ts`, which come back here for its parts.
 */
import { addLinkItem, type StoredForm } from '../codec/stored-form.ts'
import { isRef, noteReference } from '../ref.ts'
import { defaultRegistry, type Registry } from '../registry/registry.ts'
import { isDigest } from './address.ts'
import { writeArray } from './arrays.ts'
import { LINK_ABOVE, MAJOR, SIMPLE, TAG } from './format.ts'
import { writeHex } from './hex.ts'
import { describe, isForeignArrayPrototype, isForeignObjectPrototype } from './kinds.ts'
import { type KnownPart, MAX_DEPTH, Memory } from './memory.ts'
import { Output } from './output.ts'
import { digestOf, hasOwnDigest } from './own-digest.ts'
import { PackedNumbers } from './packed-numbers.ts'
import { pathTo } from './path.ts'
import { writePlain } from './plain.ts'
import { cyclic, digestOnly, refuse } from './refusals.ts'
import { writeSpecial } from './special.ts'
import { SHORT, textRoom } from './text.ts'

/** Is shown each encoding that is hashed, whose bytes are the walk's own. */
export type Witness = (encoding: Uint8Array, digest: string) => void

/** Its fields are set for each value by the encoder that owns it; they are for the files of this walk only. */
export class Walk {
  readonly output: Output = new Output()
  readonly memory: Memory = new Memory()
  readonly numbers: PackedNumbers = new PackedNumbers()
  registry: Registry = defaultRegistry
  stored: StoredForm | undefined
  linkAbove: number = LINK_ABOVE
  /** Text of fewer UTF-16 units is written without asking whether it stands on its own in either form. */
  short: number = SHORT
  witness: Witness | undefined
  root: unknown
  /** The containers around the part that is being written, and how many they are. */
  // Of a fixed length, for emptying an array frees its memory, and the next value has to get it again: 60 ns.
  readonly ancestors: (object | undefined)[] = new Array<undefined>(MAX_DEPTH).fill(undefined)
  depth = 0
  private containers = 0
  /** The digest that the link at the very start of the output holds, when the last write there was a link. */
  linked: string | undefined

  begin(
    root: unknown,
    registry: Registry,
    stored: StoredForm | undefined,
    linkAbove: number,
    witness: Witness | undefined,
  ): void {
    this.root = root
    this.registry = registry
    this.stored = stored
    this.linkAbove = linkAbove
    this.short = stored === undefined || stored.inlineBelow >= textRoom(SHORT) ? SHORT : 0
    this.witness = witness
    this.depth = 0
    this.containers = 0
    this.linked = undefined
  }

  /** Lets go of all that the value led to. */
  end(): void {
    const { ancestors } = this
    for (let i = 0; ancestors[i] !== undefined; i += 1) ancestors[i] = undefined
    this.root = undefined
    this.stored = undefined
    this.witness = undefined
    this.memory.forget()
    this.output.shrink()
  }

  /** Writes a value as a part: itself, or a link to it where that is shorter than the threshold. Returns where it ends. */
  part(value: unknown, at: number): number {
    const { output } = this
    let end: number
    switch (typeof value) {
      case 'string':
        return this.text(value, at)
      case 'number':
        output.reserve(at, 0)
        end = output.number(value, at)
        break
      case 'object':
        if (value !== null) return this.container(value, at)
        end = output.simple(SIMPLE.null, at)
        break
      case 'boolean':
        end = output.simple(value ? SIMPLE.true : SIMPLE.false, at)
        break
      case 'undefined':
        end = output.simple(SIMPLE.undefined, at)
        break
      case 'bigint':
        end = output.bigint(value, at)
        break
      case 'symbol':
        end = this.symbol(value, at)
        break
      default:
        return this.function(value as object, at)
    }
    return end - at > this.linkAbove ? this.linkTo(at, end) : end
  }

  private text(value: string, at: number): number {
    const start = this.storedAt(at)
    return this.close(at, this.output.text(value, at), start)
  }

  symbol(value: symbol, at: number): number {
    const key = Symbol.keyFor(value)
    if (key === undefined) throw refuse(this, value, 'only symbols made by Symbol.for are the same in every process')
    return this.output.text(key, this.output.head(MAJOR.tag, TAG.symbol, at))
  }

  private function(value: object, at: number): number {
    if (hasOwnDigest(value)) return this.ownDigest(value, at)
    throw refuse(this, value, 'functions cannot be told apart by content')
  }

  /** What a value says its digest is, which may be all that is known of it. */
  ownDigest(value: { [digestOf](): unknown }, at: number): number {
    if (this.stored !== undefined) throw digestOnly(this, value)
    const digest = value[digestOf]()
    if (!isDigest(digest)) throw refuse(this, value, `its [digestOf] gave ${describe(digest)} instead of a digest`)
    const { output } = this
    const end = output.head(MAJOR.bytes, 32, output.head(MAJOR.tag, TAG.ownDigest, at))
    writeHex(digest, output.bytes, end)
    return end + 32
  }

  // ---- containers

  container(value: object, at: number): number {
    const { memory } = this
    const known = memory.known?.get(value)
    if (known !== undefined) return this.repeat(known, at)
    const { depth, ancestors } = this
    if (depth >= MAX_DEPTH) {
      memory.putOffPart(value)
      return at
    }
    for (let i = depth - 1; i >= 0; i -= 1) if (ancestors[i] === value) throw cyclic(this, value)
    ancestors[depth] = value
    this.depth = depth + 1
    const before = this.containers
    this.containers = before + 1
    const start = this.storedAt(at)

    const end = this.close(at, this.body(value, at), start)

    this.depth = depth
    if (memory.isWorth(this.containers, before)) memory.rememberUnsettled(value, this.known(at, end, start))
    return end
  }

  private body(value: object, at: number): number {
    if (Array.isArray(value)) {
      // Known to be an array of one of few layouts once its length was read: then the prototype costs 1 ns, else 11.
      const { length } = value
      const prototype: object | null = Object.getPrototypeOf(value)
      if (prototype === Array.prototype || (prototype !== null && isForeignArrayPrototype(prototype))) {
        return writeArray(this, value, length, at)
      }
      return writeSpecial(this, value, prototype, at)
    }
    const prototype: object | null = Object.getPrototypeOf(value)
    if (prototype === Object.prototype || (prototype !== null && isForeignObjectPrototype(prototype))) {
      return writePlain(this, value, at)
    }
    if (prototype === null) return writePlain(this, value, this.output.head(MAJOR.tag, TAG.nullPrototype, at))
    if (isRef(value)) return this.reference(value, value.digest, at)
    return writeSpecial(this, value, prototype, at)
  }

  // ---- ends of parts

  /**
   * Ends a part whose canonical encoding is `at..end` of the output and whose stored form began at `start`: each becomes
   * a link or an entry where it is large. An `end` from `closed` is of a part that has ended before.
   */
  close(at: number, end: number, start: number): number {
    if (end < 0) return ~end
    const linked = end - at > this.linkAbove
    const { stored } = this
    if (stored === undefined || stored.lengthAt(end) - start <= stored.inlineBelow) {
      return linked ? this.linkTo(at, end) : end
    }
    const digest = this.hash(at, end)
    stored.follow(this.output, end)
    stored.cut(start, digest, linked)
    return linked ? this.link(at, digest) : end
  }

  /** Puts a link in the place of a part that stays in the stored form. */
  private linkTo(at: number, end: number): number {
    const digest = this.hash(at, end)
    this.stored?.follow(this.output, end)
    return this.link(at, digest)
  }

  /** A link into the canonical encoding, for a part of which the stored form has something else. */
  link(at: number, digest: string): number {
    if (at === 0) this.linked = digest
    this.output.reserve(at, 0)
    const end = addLinkItem(this.output.bytes, at, digest)
    this.stored?.skipTo(end)
    return end
  }

  /** How long the stored form is when the canonical encoding ends at `at`. */
  storedAt(at: number): number {
    const { stored } = this
    return stored === undefined ? 0 : stored.lengthAt(at)
  }

  /** Sorts pieces of the canonical encoding by their bytes. */
  sort(begin: number, ends: readonly number[]): void {
    const order = this.output.ascending(begin, ends)
    if (order !== undefined) this.permute(begin, ends, order)
  }

  /** Puts pieces of the canonical encoding into another order. In the stored form they stay as they came. */
  permute(begin: number, ends: readonly number[], order: readonly number[]): void {
    const { output, stored } = this
    const end = ends[ends.length - 1]!
    if (stored?.follow(output, end, begin) === true) {
      output.pick(begin, ends, order, stored, stored.length - end)
    } else output.permute(begin, ends, order)
  }

  hash(at: number, end: number): string {
    const digest = this.output.hash(at, end)
    // Where a part was put off, it is not in these bytes.
    if (this.witness !== undefined && this.memory.putOff === undefined) this.witness(this.output.slice(at, end), digest)
    return digest
  }

  private reference(value: object, digest: string, at: number): number {
    const { root, stored } = this
    noteReference()
    stored?.follow(this.output, at)
    stored?.claim(digest, value === root, () => pathTo(root, value))
    stored?.link(digest)
    return ~this.link(at, digest)
  }

  /** A part that stands at `at..end` of the output and from `start` on in the stored form, to be repeated. */
  known(at: number, end: number, start: number): KnownPart {
    this.stored?.follow(this.output, end)
    return { canonical: this.output.bytes.slice(at, end), stored: this.stored?.piece(start) }
  }

  private repeat({ canonical, stored }: KnownPart, at: number): number {
    this.stored?.follow(this.output, at)
    const end = this.output.append(canonical, at)
    if (stored !== undefined) this.stored?.paste(stored)
    this.stored?.skipTo(end)
    if (at === 0) this.linked = undefined
    return end
  }
}
