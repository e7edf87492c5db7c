import { decodeValue } from '../codec/decode-value.ts'
import type { EncodedValue, ValueNode } from '../codec/types.ts'
import type { Digest } from '../digest/address.ts'
import { MAJOR, TAG } from '../digest/format.ts'
import { pointerTo } from '../matching/json-pointer.ts'
import type { DigestOf } from '../matching/matcher.ts'
import { isPlainObject, type PlainObject, symbolKeys } from '../matching/plain-object.ts'
import { isRef } from '../ref.ts'
import type { Registry } from '../registry/registry.ts'
import type { NestedTerms } from './stored-record.ts'

/** Properties of one argument that can be searched, nearest first: the rest is found by looking at the values. */
export const MAX_ARGUMENT_TERMS = 64
/** The same of a result. */
export const MAX_RESULT_TERMS = 32

/** Whether a stored payload is that of a plain object. */
export function holdsPlainObject(payload: Uint8Array): boolean {
  const first = payload[0] ?? 0
  if ((first & 0xe0) === MAJOR.map) return true
  // The head of a tag with a 16-bit number.
  return first === (MAJOR.tag | 25) && ((payload[1]! << 8) | payload[2]!) === TAG.nullPrototype
}

/** What of an encoded plain object can be searched. Its large parts are not built: their digests are known. */
export function nestedTermsOf(
  value: Pick<EncodedValue, 'nodes'>,
  registry: Registry,
  digestOf: DigestOf,
  most: number,
): NestedTerms | undefined {
  const root = value.nodes.at(-1)
  // A `ref`: what it stands for is not at hand.
  if (root === undefined) return { terms: [], cut: true }
  if (!holdsPlainObject(root.payload)) return undefined
  const nodes = new Map(value.nodes.map(node => [node.digest, node]))
  return walk(openNode(root, nodes, registry), digestOf, most, digest => {
    const node = nodes.get(digest)
    if (node === undefined) return 'not at hand'
    return holdsPlainObject(node.payload) ? openNode(node, nodes, registry) : undefined
  })
}

/** What of a plain object that is wholly at hand can be searched. */
export function nestedTermsOfValue(value: PlainObject, digestOf: DigestOf, most: number): NestedTerms {
  return walk({ value, trusted: true }, digestOf, most, () => 'not at hand')
}

/** A plain object, its large parts as `ref`s. */
interface Place {
  readonly value: PlainObject
  /** Whether every `ref` in it may stand for its value in a digest. */
  readonly trusted: boolean
}

type OpenPart = (digest: Digest) => Place | undefined | 'not at hand'

function openNode(node: ValueNode, nodes: ReadonlyMap<Digest, ValueNode>, registry: Registry): Place {
  return {
    // It holds a plain object: its first byte says so.
    value: decodeValue(node.payload, {
      registry,
      shallow: true,
      part: link => nodes.get(link.digest)?.payload,
    }) as PlainObject,
    trusted: node.links.every(({ digest }) => nodes.get(digest)?.linkable ?? true),
  }
}

/** Breadth first, so that what is cut lies deepest. */
function walk(root: Place, digestOf: DigestOf, most: number, openPart: OpenPart): NestedTerms {
  const terms: { readonly path: string; readonly digest: Digest }[] = []
  const queue: (readonly [path: string, place: Place])[] = [['', root]]
  let cut = false
  for (const [path, { value, trusted }] of queue) {
    const keys = Object.keys(value)
    // Nothing below it would tell it from what is not a plain object.
    if (keys.length === 0 && symbolKeys(value).length > 0) cut = true
    for (const key of keys) {
      if (terms.length === most) return { terms, cut: true }
      const item = value[key]
      const at = pointerTo(path, key)
      if (isRef(item)) {
        terms.push({ path: at, digest: item.digest })
        const part = openPart(item.digest)
        if (part === 'not at hand') cut = true
        else if (part !== undefined) queue.push([at, part])
        continue
      }
      if (trusted || typeof item !== 'object' || item === null) terms.push({ path: at, digest: digestOf(item) })
      else cut = true
      if (isPlainObject(item)) queue.push([at, { value: item, trusted }])
    }
  }
  return { terms, cut }
}
