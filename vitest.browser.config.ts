import { defineConfig } from 'vitest/config'

// What a browser makes of the build: `npm run test:browser`. It needs a Chromium.
export default defineConfig({
  test: {
    reporters: ['default', './scripts/plain-reporter.mjs'],
    include: ['tests/browser/**/*.suite.ts'],
  },
})
