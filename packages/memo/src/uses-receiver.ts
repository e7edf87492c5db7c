import { writtenAs } from './source.ts'
import type { AnyFunction } from './types/functions.ts'

/** Comments, strings and templates, so that none is taken for another. */
const NO_CODE = /\/\*[\s\S]*?\*\/|\/\/.*|(["'])(?:\\[\s\S]|(?!\1)[^\\\n])*\1|`(?:\\[\s\S]|[^\\`])*`/g

/** How a function begins that gets a receiver, or a method: by the word, or by a name with parameters. An arrow has neither. */
const TAKES_RECEIVER =
  /^\s*(?:(?:async\s+)?function\b|(?!async\s*\()(?:async\s+)?(?:\*\s*)?(?:#?[\p{ID_Start}$_][\p{ID_Continue}$]*|\[[^\]]*\]|''|\d+)\s*\()/u

/**
 * A property of the receiver, or another name for it. Not wherever it stands: compilers hand on `this` in functions that
 * use none, as in `__awaiter(this, …)`, and prose in a template may have the word.
 */
const USE = /(?<![.$\w])this\s*(?:\?\.|\.[#$\w])|(?<![.$\w])this\[|=\s*this\b/

/**
 * Whether the source text of a function says that it uses its receiver. That of a function inside it may be taken for its
 * own; where the receiver is only handed on, or what it has is found with `super`, it is not seen.
 */
export function usesReceiver(fn: AnyFunction): boolean {
  const text = writtenAs(fn)
  if (!text.includes('this')) return false
  const code = text.replaceAll(NO_CODE, part => (part[0] === '`' ? part : part[0] === '/' ? ' ' : "''"))
  return TAKES_RECEIVER.test(code) && USE.test(code)
}
