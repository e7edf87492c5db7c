import { shownAs } from '../inspect.ts'

/** Has `console.log` show a store by its label, instead of its functions. */
export function labelled<S extends { readonly label: string }>(store: S): S {
  return shownAs(store, () => `Store { ${store.label} }`)
}
