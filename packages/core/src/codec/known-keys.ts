import { encodeText } from '../digest/text.ts'

const SLOTS = 256
/** Smaller objects are built about as fast one property after another. */
const FEWEST = 3
/** Keys of larger objects, and longer keys, are more likely data. */
const MOST = 128
const LONGEST = 40
/** Objects with more properties are made as dictionaries where their keys do not come again. */
const MOST_AS_RECORD = 32
/** Keys are learned when they came so many times in a row, lest learning takes longer than it saves. */
const LEARN_AT = 3
/** A right guess earns one of it, up to this; a wrong one costs two. */
const MOST_TRUST = 32
/** Objects that pass by a place that guessed wrong too often. */
const REST = 1000

/** Keys that came several times in this order, none of which any object has from its prototype. */
export interface KnownKeys {
  readonly keys: readonly string[]
  readonly encoded: readonly Uint8Array[]
  /** Has all of them. To copy it and then set its properties takes half the time of adding one after another. */
  readonly template: Readonly<Record<string, unknown>>
}

/** A place of the table, for all objects with so many keys and a first one like this. */
export class KeysSlot {
  private known: KnownKeys | undefined
  /** The other keys that came last, and how often since the known ones came. */
  private candidate: readonly string[] = []
  private times = 0
  /** Below zero the place rests: so many objects are to pass before it is used again. */
  private trust = MOST_TRUST

  /** The keys that probably come. Each is to be compared. */
  guess(): KnownKeys | undefined {
    if (this.trust >= 0) return this.known
    this.trust += 1
    // Enough to learn what comes now.
    if (this.trust === 0) this.trust = 2 * LEARN_AT
    return undefined
  }

  /** Whether objects that pass by are of many kinds. */
  get resting(): boolean {
    return this.trust < 0
  }

  /** Takes note that the guess was right. */
  confirm(): void {
    this.times = 0
    if (this.trust < MOST_TRUST) this.trust += 1
  }

  /** Takes note of an object that has other keys, and of these if they keep coming. */
  learn(object: object, count: number): void {
    if (this.trust < 0) return
    this.trust -= 2
    // Objects that take turns would be guessed wrong, and learned over and over: three times slower than without guesses.
    if (this.trust < 0) this.trust = -REST
    const keys = Object.keys(object)
    // They would be kept for as long as the process runs.
    if (keys.some(key => key.length > LONGEST)) return
    const { candidate } = this
    if (this.times === 0 || keys.length !== candidate.length || !keys.every((key, i) => key === candidate[i])) {
      this.candidate = keys
      this.times = 1
      return
    }
    this.times += 1
    if (this.times === LEARN_AT && keys.length === count) this.known = knownKeys(keys)
  }
}

/** Lists of keys that came lately: objects made in one place have the same. A table of fixed size. */
export class KeysTable {
  private readonly slots: (KeysSlot | undefined)[] = new Array<undefined>(SLOTS).fill(undefined)

  /** The place of objects with `count` keys, the first of which stands at `at`; none where it is not worth the trouble. */
  slot(bytes: Uint8Array, at: number, count: number): KeysSlot | undefined {
    if (count < FEWEST || count > MOST) return undefined
    const head = bytes[at]!
    // Such keys are elements to the engine, which come first: to copy many takes longer than to add them.
    if (count > MOST_AS_RECORD && isDigit(bytes[at + 1]!)) return undefined
    const last = bytes[at + (head & 31)] ?? 0
    const index = (count * 31 + head * 7 + bytes[at + 1]! * 131 + last * 17) & (SLOTS - 1)
    let slot = this.slots[index]
    if (slot === undefined) {
      slot = new KeysSlot()
      this.slots[index] = slot
    }
    return slot
  }
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39
}

/** An object for so many properties that are not known. Those that pass by `slot` may be of one kind. */
export function emptyObject(count: number, slot: KeysSlot | undefined): Record<string, unknown> {
  if (count <= MOST_AS_RECORD || (slot !== undefined && !slot.resting)) return {}
  // V8 makes a dictionary of an object that loses another property than its last. It would otherwise keep a description
  // of every property that was added, for objects alike to come: of 1,000, that takes two thirds of the time.
  const made: Record<string, unknown> = { a: 0, b: 0 }
  delete made['a']
  delete made['b']
  return made
}

function knownKeys(keys: readonly string[]): KnownKeys | undefined {
  const encoded = keys.map(encodeText)
  // One that an object has from its prototype may be a setter, `__proto__` among them.
  if (keys.some((key, i) => key in {} || encoded[i]!.length > LONGEST)) return undefined
  return { keys, encoded, template: Object.fromEntries(keys.map(key => [key, undefined])) }
}
