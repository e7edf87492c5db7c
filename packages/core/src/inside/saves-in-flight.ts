/** What this process is about to write or to refer to, which a sweep of this process must not take. */
import type { Digest } from '../digest/address.ts'
import type { Store } from '../ports/store.ts'

/** The entries that one save, or one prepared call, needs. */
export interface Flight {
  add(addresses: Iterable<Digest>): void
  /** May be called twice. */
  end(): void
}

/** What was in flight when a sweep began, and all that took off since. */
export interface Watch {
  /** Addresses that were not taken before. */
  takeNew(): readonly Digest[]
  stop(): void
}

export interface SavesInFlight {
  /** Holds until `end`. */
  begin(addresses: Iterable<Digest>): Flight
  /** Holds until `end`, or until the flight is forgotten: nobody need abandon what is prepared. */
  beginForgettable(addresses: Iterable<Digest>): Flight
  watch(): Watch
}

const ofStores: WeakMap<Store, SavesInFlight> = /* @__PURE__ */ new WeakMap()

/** The saves in flight to a store: caches over one store object share them. */
export function savesInFlight(store: Store): SavesInFlight {
  let saves = ofStores.get(store)
  if (saves === undefined) {
    saves = createSavesInFlight()
    ofStores.set(store, saves)
  }
  return saves
}

function createSavesInFlight(): SavesInFlight {
  const held = new Set<AddressSet>()
  const forgettable = new Set<WeakRef<AddressSet>>()
  const forgotten = new FinalizationRegistry<WeakRef<AddressSet>>(reference => forgettable.delete(reference))
  const watchers = new Set<Set<Digest>>()

  function announce(addresses: Iterable<Digest>): void {
    for (const watcher of watchers) for (const address of addresses) watcher.add(address)
  }

  function open(addresses: Iterable<Digest>, end: (flight: AddressSet) => void): AddressSet {
    const flight = new AddressSet(announce, end)
    flight.add(addresses)
    return flight
  }

  return {
    begin(addresses) {
      const flight = open(addresses, ended => held.delete(ended))
      held.add(flight)
      return flight
    },
    beginForgettable(addresses) {
      const flight = open(addresses, () => forgettable.delete(reference))
      const reference = new WeakRef(flight)
      forgettable.add(reference)
      forgotten.register(flight, reference)
      return flight
    },
    watch() {
      const taken = new Set<Digest>()
      const watcher = new Set<Digest>()
      for (const flight of held) for (const address of flight.addresses) watcher.add(address)
      for (const reference of forgettable) {
        for (const address of reference.deref()?.addresses ?? []) watcher.add(address)
      }
      watchers.add(watcher)
      return {
        takeNew() {
          const fresh = [...watcher].filter(address => !taken.has(address))
          watcher.clear()
          for (const address of fresh) taken.add(address)
          return fresh
        },
        stop() {
          watchers.delete(watcher)
        },
      }
    },
  }
}

class AddressSet implements Flight {
  readonly addresses: Digest[] = []
  readonly #announce: (addresses: Iterable<Digest>) => void
  readonly #end: (flight: AddressSet) => void

  constructor(announce: (addresses: Iterable<Digest>) => void, end: (flight: AddressSet) => void) {
    this.#announce = announce
    this.#end = end
  }

  add(addresses: Iterable<Digest>): void {
    const more = [...addresses]
    for (const address of more) this.addresses.push(address)
    this.#announce(more)
  }

  end(): void {
    this.#end(this)
  }
}
