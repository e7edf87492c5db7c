import {
  asDigest,
  type Backend,
  type Digest,
  type Entry,
  type EntryInfo,
  type ListOptions,
  type Touched,
} from '@riposte/core'
import { fail } from './expect.ts'

/** The key that begins with these hex digits and goes on with zeros. */
export function keyFrom(digits: string): Digest {
  return asDigest(digits.padEnd(64, '0'))
}

/** `count` keys that begin with `digits`, ascending. */
export function keysFrom(digits: string, count: number): readonly Digest[] {
  return Array.from({ length: count }, (_, i) => keyFrom(digits + i.toString(16).padStart(4, '0')))
}

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

/** Bytes of a length, all 256 values among them from 256 on, different for each seed below 251. */
export function pattern(length: number, seed = 0): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i + (i >>> 8) * 7 + seed * 5) & 0xff)
}

export function entry(key: Digest, bytes: Uint8Array | string): Entry {
  return { key, bytes: typeof bytes === 'string' ? bytesOf(bytes) : bytes }
}

/** What a listing gives, to its end. */
export async function listed(backend: Backend, options?: ListOptions): Promise<EntryInfo[]> {
  const found: EntryInfo[] = []
  for await (const info of backend.list(options)) found.push(info)
  return found
}

export async function listedKeys(backend: Backend, options?: ListOptions): Promise<Digest[]> {
  return (await listed(backend, options)).map(info => info.key)
}

/** The age of an entry that must be there. */
export async function touchedOf(backend: Backend, key: Digest): Promise<Touched> {
  const info = (await listed(backend, { prefix: key }))[0]
  return info === undefined ? fail('a listing with the whole key as prefix', key, undefined) : info.touched
}

/** Waits until the store's clock has passed `time`: clocks of stores may be coarse. */
export async function clockPast(backend: Backend, time: Touched): Promise<void> {
  for (let tries = 0; tries < 3000; tries++) {
    if ((await backend.now()) > time) return
    await new Promise(resolve => setTimeout(resolve, 1))
  }
  fail('now, some seconds later', `more than ${time}`, await backend.now())
}
