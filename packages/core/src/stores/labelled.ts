import { INSPECT } from '../inspect.ts'

/** Has `console.log` show a store by its label, instead of its functions. */
export function labelled<S extends { readonly label: string }>(store: S): S {
  // Not enumerable: a store is taken apart as if it were not there.
  return Object.defineProperty(store, INSPECT, { value: () => `Store { ${store.label} }` })
}
