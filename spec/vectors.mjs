/** The golden vectors as text, from the values they are of. Pure. */
import { readNotation } from './notation.mjs'
import { groups } from './vector-values.mjs'

/** Encodings that take more bytes are given by length: their digest says the rest. */
const SHOWN_UP_TO = 4096

/**
 * The text of each file of vectors.
 *
 * @param core - of @riposte/core: `createRegistry`, `digest`, `digestOf`, `ref` and `canonicalEncoding`, from what was built or from the sources
 * @returns {readonly (readonly [group: string, text: string])[]}
 */
export function vectorsOf(core) {
  return groups.map(([group, values]) => {
    const vectors = values.map(([name, notation]) => {
      const { value, registry } = realize(notation, core)
      const { digest, bytes } = core.canonicalEncoding(value, registry)
      const encoding =
        bytes.length > SHOWN_UP_TO ? { length: bytes.length } : { encoding: Buffer.from(bytes).toString('hex') }
      return JSON.stringify({
        name: name === JSON.stringify(notation) ? undefined : name,
        value: notation,
        ...encoding,
        digest,
      })
    })
    return [
      group,
      `{\n  "format": 1,\n  "group": ${JSON.stringify(group)},\n  "vectors": [\n    ${vectors.join(',\n    ')}\n  ]\n}\n`,
    ]
  })
}

/**
 * The value that a notation stands for, and a registry of the classes it names.
 *
 * @returns {{ value: unknown, registry: import('@riposte/core').Registry }}
 */
export function realize(notation, core) {
  const registry = core.createRegistry()
  const classes = new Map()
  const classOf = (id, version) => {
    const key = `${id} ${version}`
    const known = classes.get(key)
    if (known !== undefined) return known
    class Instance {
      constructor(state) {
        this.state = state
      }
    }
    registry.register({
      id,
      version,
      type: Instance,
      takeApart: ({ state }) => state,
      build: state => new Instance(state),
    })
    classes.set(key, Instance)
    return Instance
  }
  const digest = value => core.digest(value, { registry })
  const value = readNotation(notation, { digest, ref: core.ref, digestOf: core.digestOf, classOf })
  return { value, registry }
}
