import { fromHex } from '../digest/hex.ts'

/**
 * How instances of a class are taken apart into plain state and built again. The class id stands in digests and in
 * stored bytes in place of the class's name, so it survives renaming, moving and minifying.
 */
export interface ClassDefinition<T extends object = object, S = unknown> {
  /** 8 to 32 hex digits, an even number. Padded with zeros on the right to 16 bytes, under which it is unique. */
  readonly id: string
  /** Of the state's layout; a whole number from 0. Part of the digest. 1 unless given. */
  readonly version?: number
  /** Instances whose prototype is exactly this class's are taken apart; those of unregistered subclasses are refused. */
  readonly type: abstract new (
    ...args: never
  ) => T
  /** The state of an instance: a value of supported kinds, whose large parts are stored on their own. Must not change the instance. */
  readonly takeApart: (instance: T) => S
  /** A new instance from state that `takeApart` gave, of this or an earlier version. */
  readonly build: (state: S, version: number) => T
}

/** A registered class. */
export interface RegisteredClass {
  /** 32 lower-case hex digits. */
  readonly id: string
  readonly idBytes: Uint8Array
  readonly version: number
  readonly name: string
  takeApart(instance: object): unknown
  build(state: unknown, version: number): object
}

/** Which classes can be digested, stored and built. */
export interface Registry {
  /**
   * Registers a class. Of two definitions for one type the later counts, until it is disposed.
   *
   * @throws {TypeError} when the definition is incomplete, or its id belongs to another class
   */
  register<T extends object, S>(definition: ClassDefinition<T, S>): Disposable
  /** The class of instances with this prototype. */
  ofPrototype(prototype: object): RegisteredClass | undefined
  /** The class with this id, of 32 hex digits. */
  ofId(id: string): RegisteredClass | undefined
}

const ID = /^(?:[0-9a-fA-F]{2}){4,16}$/
/** Instances of these are told apart by the format itself. */
const RESERVED: readonly unknown[] = [Object, Array, Function]

/** An empty registry, for caches that are to know other classes than the rest of the process. */
export function createRegistry(): Registry {
  const byPrototype = new Map<object, Registration[]>()
  const byId = new Map<string, Registration[]>()

  return {
    register<T extends object, S>(definition: ClassDefinition<T, S>): Disposable {
      const registration = check(definition)
      const others = byId.get(registration.id) ?? []
      const other = others.find(({ prototype }) => prototype !== registration.prototype)
      if (other !== undefined) {
        throw new TypeError(
          `class id ${registration.id} of ${registration.name} belongs to ${other.name} already; give each class its own id`,
        )
      }
      byId.set(registration.id, [...others, registration])
      byPrototype.set(registration.prototype, [...(byPrototype.get(registration.prototype) ?? []), registration])
      return {
        [Symbol.dispose]() {
          remove(byId, registration.id, registration)
          remove(byPrototype, registration.prototype, registration)
        },
      }
    },
    ofPrototype: prototype => byPrototype.get(prototype)?.at(-1),
    ofId: id => byId.get(id)?.at(-1),
  }
}

/** The registry of the whole process, which `digest` and every cache use unless given another. */
export const defaultRegistry: Registry = /* @__PURE__ */ createRegistry()

/** Registers a class with the registry of the whole process: `registerClass({ id: 'b2138434', type: Point, takeApart, build })`. */
export function registerClass<T extends object, S>(definition: ClassDefinition<T, S>): Disposable {
  return defaultRegistry.register(definition)
}

interface Registration extends RegisteredClass {
  readonly prototype: object
}

function remove<K>(map: Map<K, Registration[]>, key: K, registration: Registration): void {
  const rest = (map.get(key) ?? []).filter(other => other !== registration)
  if (rest.length > 0) map.set(key, rest)
  else map.delete(key)
}

function check<T extends object, S>(definition: ClassDefinition<T, S>): Registration {
  const { id, version = 1, type, takeApart, build } = definition
  if (typeof type !== 'function' || typeof type.prototype !== 'object' || RESERVED.includes(type)) {
    throw new TypeError('expected `type`, the class to register, other than Object, Array and Function')
  }
  if (typeof id !== 'string' || !ID.test(id)) {
    throw new TypeError(
      `class id of ${type.name}: expected 8 to 32 hex digits, an even number, drawn at random once and kept; got ${JSON.stringify(id)}`,
    )
  }
  if (!Number.isSafeInteger(version) || version < 0) {
    throw new TypeError(`version of class ${type.name}: expected a whole number from 0; got ${String(version)}`)
  }
  if (typeof takeApart !== 'function' || typeof build !== 'function') {
    throw new TypeError(
      `class ${type.name} needs both takeApart and build: what cannot be built again cannot be stored`,
    )
  }
  const padded = id.toLowerCase().padEnd(32, '0')
  return {
    id: padded,
    idBytes: fromHex(padded),
    version,
    name: type.name,
    prototype: type.prototype,
    // Only instances with this prototype come here, and only state of this id: a T and an S.
    takeApart: instance => takeApart(instance as T),
    build: (state, stored) => build(state as S, stored),
  }
}
