// Runs the tests on newer Nodes than the one at hand: `npm run test:nodes`, or `npm run test:nodes -- 24 --project core`
// for one of them and with words for vitest. Nodes and a better-sqlite3 that comes compiled for them are had from npm,
// and kept in node_modules/.cache. The tests run in a copy of the workspace whose links lead there.
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const NODES = ['22', '24', '26']
/** Its addons are built for all Nodes from 22 on; version 12 would have to be compiled for each. */
const SQLITE = 'better-sqlite3@13.2.0'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const words = process.argv.slice(2)
const named = words.filter(word => NODES.includes(word))
const wanted = named.length > 0 ? named : NODES
const forVitest = words.filter(word => !NODES.includes(word))

const failed = wanted.filter(major => !passesOn(major))
console.log(`\n${wanted.map(major => `Node ${major}: ${failed.includes(major) ? 'FAILED' : 'passed'}`).join('\n')}`)
process.exitCode = failed.length === 0 ? 0 : 1

function passesOn(major) {
  const installed = install(major)
  const node = nodeIn(installed)
  const copy = copyWorkspace(join(installed, 'better-sqlite3'))
  try {
    console.log(`\n${spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim()}`)
    const path = [dirname(node), process.env.PATH].join(delimiter)
    const vitest = join(copy, 'node_modules', 'vitest', 'vitest.mjs')
    const options = { cwd: copy, env: { ...process.env, PATH: path }, stdio: 'inherit' }
    const done = spawnSync(node, [vitest, 'run', ...forVitest], options)
    if (done.error) throw done.error
    return done.status === 0
  } finally {
    rmSync(copy, { recursive: true, force: true })
  }
}

/** Installs a Node and its better-sqlite3 unless they are there; gives their node_modules. */
function install(major) {
  const folder = join(root, 'node_modules', '.cache', 'nodes', major)
  const modules = join(folder, 'node_modules')
  if (existsSync(nodeIn(modules)) && existsSync(join(modules, 'better-sqlite3'))) return modules
  mkdirSync(folder, { recursive: true })
  const quiet = ['--no-save', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error']
  const line = ['install', '--prefix', folder, ...quiet, `${nodePackage()}@${major}`, SQLITE]
  const done = spawnSync('npm', line, { stdio: 'inherit', shell: process.platform === 'win32' })
  if (done.status !== 0) throw new Error(`npm ${line.join(' ')} ended with ${done.status}`)
  return modules
}

function nodePackage() {
  return `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
}

function nodeIn(modules) {
  return join(modules, nodePackage(), 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
}

/** The sources and what was built, with all that was installed save for better-sqlite3. */
function copyWorkspace(sqlite) {
  const copy = realpathSync(mkdtempSync(join(tmpdir(), 'riposte-node-')))
  // Tests of what may not be written run as a user of their own, who must get in.
  chmodSync(copy, 0o755)
  const left = ['node_modules', '.git', '.tmp', '.cache', 'coverage']
  cpSync(root, copy, { recursive: true, filter: from => !left.includes(basename(from)) })
  const parents = ['packages', 'examples'].flatMap(parent =>
    readdirSync(join(root, parent)).map(name => join(parent, name)),
  )
  for (const folder of ['.', 'bench', ...parents]) {
    const modules = join(folder, 'node_modules')
    if (existsSync(join(root, modules))) link(join(root, modules), join(copy, modules))
  }
  return copy

  /** Links of a workspace lead to the copy, everything else to what is installed. */
  function link(from, to) {
    mkdirSync(to)
    for (const name of readdirSync(from)) {
      if (left.includes(name)) continue
      const target = realpathSync(join(from, name))
      if (name.startsWith('@') && target === join(realpathSync(from), name)) link(join(from, name), join(to, name))
      else if (name === 'better-sqlite3' && basename(from) === 'node_modules')
        symlinkSync(sqlite, join(to, name), 'junction')
      else symlinkSync(copied(target), join(to, name), 'junction')
    }
  }
  function copied(target) {
    const inWorkspace = target.startsWith(realpathSync(root)) && !target.includes('node_modules')
    return inWorkspace ? join(copy, target.slice(realpathSync(root).length)) : target
  }
}
