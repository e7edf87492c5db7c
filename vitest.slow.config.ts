import { defineConfig } from 'vitest/config'

// Suites of minutes and more, on the sources and on the build: `npm run test:slow`.
const conditions = ['@riposte/source', 'node']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    reporters: ['default', './scripts/plain-reporter.mjs'],
    include: ['packages/*/slow/**/*.test.ts'],
    testTimeout: 600_000,
  },
})
