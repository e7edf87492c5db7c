const { readdirSync, readFileSync } = require('node:fs')
const { join } = require('node:path')

/** The modules that a package's `exports` lead to: what other packages may import. */
const entries = readdirSync(join(__dirname, 'packages')).flatMap(name => {
  const manifest = JSON.parse(readFileSync(join(__dirname, 'packages', name, 'package.json'), 'utf8'))
  return Object.values(manifest.exports)
    .map(target => target['@riposte/source'])
    .filter(source => source !== undefined)
    .map(source => `^packages/${name}/${source.slice(2).replaceAll('.', '\\.')}$`)
})

/** The folders of core from the bottom up: none imports from one above it, but types. The first ones are one: the formats, and what they run on. */
const floors = [
  'hash|host|digest|codec|registry',
  'ports',
  'matching',
  'keys',
  'leases',
  'stores',
  'inside',
  'values',
  'calls',
  'archive',
  'limits',
  'wrappers',
  'cache',
]

const upward = floors.slice(0, -1).map((folder, i) => ({
  name: `core-${folder.replaceAll('|', '-')}-looks-down`,
  severity: 'error',
  from: { path: `^packages/core/src/(${folder})/` },
  to: {
    path: `^packages/core/src/(${floors.slice(i + 1).join('|')})/`,
    dependencyTypesNot: ['type-only'],
  },
}))

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'core-is-a-leaf',
      severity: 'error',
      from: { path: '^packages/core/src' },
      to: { path: '^packages/(?!core/)' },
    },
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'backends-and-memo-see-core-only',
      severity: 'error',
      from: { path: '^packages/(backend-[^/]+|memo|testkit)/src' },
      to: { path: '^packages/', pathNot: ['^packages/core/', '^packages/$1/'] },
    },
    {
      name: 'no-deep-import',
      severity: 'error',
      from: { path: '^packages/([^/]+)/' },
      to: { path: '^packages/[^/]+/src/', pathNot: ['^packages/$1/', ...entries] },
    },
    {
      name: 'the-engine-is-for-memo',
      severity: 'error',
      from: { pathNot: '^packages/(core|memo)/' },
      to: { path: '^packages/core/src/engine\\.ts$' },
    },
    ...upward,
    { name: 'not-to-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '/dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@riposte/source', 'node', 'import', 'types', 'default'],
    },
  },
}
