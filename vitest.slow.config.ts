import { defineConfig } from 'vitest/config'

// Suites of minutes and more, on the sources and on the build: `npm run test:slow`.
const conditions = ['@riposte/source', 'node']

const slowTests = {
  extends: true as const,
  test: { name: 'slow', include: ['packages/*/slow/**/*.test.ts'] },
}

// The conformance of every wrapper, of which `npm test` has that over memory, over the stores that take longer.
const wrappersOn = (storeKind: 'files' | 'SQLite') => ({
  extends: true as const,
  test: {
    name: `wrappers on ${storeKind}`,
    root: 'packages/testkit',
    include: ['test/{read-only,wrappers-*}.test.ts'],
    provide: { storeKind },
  },
})

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    reporters: ['default', './scripts/plain-reporter.mjs'],
    testTimeout: 600_000,
    projects: [slowTests, wrappersOn('files'), wrappersOn('SQLite')],
  },
})
