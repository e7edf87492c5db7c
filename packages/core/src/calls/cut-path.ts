/**
 * The path of a term that says: more of this argument, result or metadata could be searched than is listed. It is no JSON
 * Pointer, so no property has it. Whoever searches there asks for these too, and looks at their values.
 */
export const CUT_PATH = '*'
