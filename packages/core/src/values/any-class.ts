import { fromHex } from '../digest/hex.ts'
import type { RegisteredClass, Registry } from '../registry/registry.ts'

/**
 * A registry that knows every class: instances are stand-ins that hold their id, version and state. So what is stored
 * can be digested again without the classes, without running their code, and in the version in which it was stored.
 */
export function anyClass(): Registry {
  const byPrototype = new Map<object, RegisteredClass>()
  const byVersion = new Map<string, object>()
  const states = new WeakMap<object, unknown>()

  function standIn(id: string, version: number, state: unknown): object {
    const name = `${id}/${version}`
    let prototype = byVersion.get(name)
    if (prototype === undefined) {
      prototype = {}
      byVersion.set(name, prototype)
      byPrototype.set(prototype, { ...classOf(id, version), takeApart: instance => states.get(instance) })
    }
    const instance: object = Object.create(prototype)
    states.set(instance, state)
    return instance
  }

  function classOf(id: string, version: number): RegisteredClass {
    return {
      id,
      idBytes: fromHex(id),
      version,
      name: id,
      takeApart: instance => states.get(instance),
      build: (state, stored) => standIn(id, stored, state),
    }
  }

  return {
    register() {
      throw new TypeError('stand-ins need no classes')
    },
    ofPrototype: prototype => byPrototype.get(prototype),
    ofId: id => classOf(id, 0),
  }
}
