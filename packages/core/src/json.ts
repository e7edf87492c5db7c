/** What JSON can say. For the types of functions whose arguments or results come from JSON. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }
