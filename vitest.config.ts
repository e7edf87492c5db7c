import { defineConfig } from 'vitest/config'

// Tests run on the TypeScript sources: the exports condition '@riposte/source' leads there, so they
// need no build and coverage counts the lines of src/.
const conditions = ['@riposte/source']

const packageTests = (name: string) => ({
  extends: true as const,
  test: {
    name,
    root: `packages/${name}`,
    include: ['test/**/*.test.ts'],
    provide: { storeKind: 'memory' as const },
    typecheck: {
      enabled: true,
      include: ['test/**/*.test-d.ts'],
      tsconfig: '../../tsconfig.test.json',
    },
  },
})

// The same suites over another store: what opens its stores by `testStore()` (packages/core/test/support) runs over
// memory in its package's own project, and over files and SQLite in these.
// What opens none is left out.
const overOtherStores = (name: string, include: string, storeless: string) =>
  (['files', 'SQLite'] as const).map(storeKind => ({
    extends: true as const,
    test: {
      name: `${name} on ${storeKind}`,
      root: `packages/${name}`,
      include: [`test/${include}.test.ts`],
      exclude: [`test/**/${storeless}.test.ts`],
      provide: { storeKind },
    },
  }))

// These see the repository as a stranger does: packed packages, documents, whole programs, all on the build.
const workspaceTests = {
  extends: true as const,
  test: { name: 'workspace', include: ['tests/**/*.test.ts'], testTimeout: 180_000, hookTimeout: 180_000 },
}

export default defineConfig({
  resolve: { conditions: [...conditions, 'node'] },
  ssr: { resolve: { conditions: [...conditions, 'node'] } },
  test: {
    reporters: ['default', './scripts/plain-reporter.mjs'],
    testTimeout: 30_000,
    // Of two cores, vitest would leave one idle.
    maxWorkers: '100%',
    projects: [
      ...['core', 'backend-fs', 'backend-sqlite', 'memo', 'riposte', 'testkit'].map(packageTests),
      ...overOtherStores(
        'core',
        '{archive,cache,calls,keys,values,wrappers}/*',
        '{call-digest,digest-set,key-lock,lazy-hostile,plain-copy,record-codec}',
      ),
      ...overOtherStores('memo', '*', '{freeze,git}'),
      workspaceTests,
    ],
    coverage: {
      provider: 'v8',
      include: ['packages/*/src/**/*.ts'],
      reporter: ['text', 'json-summary'],
    },
  },
})
