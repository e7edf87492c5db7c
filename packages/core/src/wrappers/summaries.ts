import type { Backend } from '../ports/backend.ts'
import { type FunctionSummarizingBackend, isFunctionSummarizing, isSummarizing } from '../ports/summarizing.ts'

/** The figures of a backend, for a wrapper that holds neither more nor less and changes no bytes. */
export function summariesOf(
  inner: Backend,
): Partial<Pick<FunctionSummarizingBackend, 'summarize' | 'summarizeFunctions'>> {
  return {
    ...(isSummarizing(inner) ? { summarize: () => inner.summarize() } : {}),
    ...(isFunctionSummarizing(inner) ? { summarizeFunctions: () => inner.summarizeFunctions() } : {}),
  }
}
