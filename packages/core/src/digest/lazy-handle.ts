/** Marks the handle of a stored value, whatever its class is named. Shared by all installed copies of Riposte. */
export const lazyHandle: unique symbol = /* @__PURE__ */ Symbol.for('riposte.lazyHandle')

/** What such a handle is called in a refusal, as its kind. */
export const LAZY_HANDLE = 'lazy handle'
