#!/usr/bin/env node
// One command from a fresh clone: installs the workspace with the pnpm that package.json pins, then
// runs the named package.json scripts, e.g. `node scripts/bootstrap.mjs compile demo:run -- --help`:
// what stands after `--` goes to the last of them. Nothing is installed where nothing changed.
// Needs node and npm only; it runs before anything is installed, so it has no dependency.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const pnpmSpec = manifest.packageManager.split('+')[0]
const onWindows = process.platform === 'win32'
const env = { ...process.env, npm_config_update_notifier: 'false' }

requireNode(manifest.engines.node)
install()
runScripts(process.argv.slice(2))

/** Knows ranges such as `^20.19 || >=22.12`. */
function requireNode(range) {
  const running = process.versions.node.split('.').map(Number)
  const fits = range.split('||').some(part => {
    const least = /\d+(\.\d+)*/.exec(part)[0].split('.').map(Number)
    if (part.includes('^') && running[0] !== least[0]) return false
    const at = least.findIndex((number, i) => running[i] !== number)
    return at < 0 || running[at] > least[at]
  })
  if (fits) return
  console.error(`Node ${range} is needed, this is ${process.version}.`)
  process.exit(1)
}

function install() {
  const stamp = join(root, 'node_modules', '.installed')
  const state = installState()
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === state) return

  // better-sqlite3 first tries to download a prebuilt addon; failing that node-gyp compiles it, and
  // for this wants Node's headers: from npm_config_nodedir, else by a download. Name the headers that
  // came with the running Node, so that neither download is needed.
  const headers = env.npm_config_nodedir || headersBeside(dirname(dirname(realpathSync(process.execPath))))
  if (headers) env.npm_config_nodedir = headers
  else delete env.npm_config_nodedir
  // node-gyp compiles with one job unless told otherwise.
  env.JOBS ??= String(availableParallelism())

  console.error(
    'bootstrap: installing the workspace; a first time compiles better-sqlite3, which takes a minute or two',
  )
  const pnpmInstall = () => pnpm('install', '--frozen-lockfile', '--prefer-offline')
  let status = pnpmInstall()
  if (status !== 0 && !headers && !onWindows && missingTools().length === 0) {
    env.npm_config_nodedir = headersFromRegistry()
    status = pnpmInstall()
  }
  // An addon compiled for another Node does not load, and pnpm calls the tree up to date.
  if (status === 0 && !addonLoads()) status = pnpm('rebuild', '--recursive')
  if (status !== 0 || !addonLoads()) {
    explainFailure()
    process.exit(status || 1)
  }
  writeFileSync(stamp, state)
  delete env.npm_config_nodedir
}

/** What an install depends on: Node's binary interface, pnpm, and every file that names a dependency. */
function installState() {
  const hash = createHash('sha256')
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', ...manifests()]) {
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(root, file)))
      .update('\0')
  }
  return `${process.platform} ${process.arch} ${process.versions.modules} ${pnpmSpec} ${hash.digest('hex')}\n`
}

function manifests() {
  const folders = ['packages', 'examples'].flatMap(parent =>
    readdirSync(join(root, parent)).map(name => `${parent}/${name}`),
  )
  return ['.', 'bench', ...folders.sort()]
    .map(folder => `${folder}/package.json`)
    .filter(file => existsSync(join(root, file)))
}

/** The prefix whose include/node holds the headers of exactly the running Node. */
function headersBeside(prefix) {
  const file = join(prefix, 'include', 'node', 'node_version.h')
  if (!existsSync(file)) return undefined
  const text = readFileSync(file, 'utf8')
  const part = name => new RegExp(`#define NODE_${name}_VERSION (\\d+)`).exec(text)?.[1]
  const found = ['MAJOR', 'MINOR', 'PATCH'].map(part).join('.')
  return found === process.versions.node ? prefix : undefined
}

/** Last resort, no headers on the machine and no way to their server: the npm registry has them. */
function headersFromRegistry() {
  const name = `node-${process.platform}-${process.arch}`
  const spec = `${name}@${process.versions.node}`
  console.error(`bootstrap: trying again with the headers of ${spec}`)
  const prefix = join(root, 'node_modules', '.cache', 'node-headers')
  mkdirSync(prefix, { recursive: true })
  const status = call('npm', ['install', '--prefix', prefix, '--no-save', '--no-audit', '--no-fund', spec])
  if (status !== 0) process.exit(status)
  return join(prefix, 'node_modules', name)
}

function addonLoads() {
  const source = "new (require('better-sqlite3'))(':memory:').close()"
  const folder = join(root, 'packages', 'backend-sqlite')
  return spawnSync(process.execPath, ['-e', source], { cwd: folder, stdio: 'ignore' }).status === 0
}

/** Which of the three things that compiling an addon needs are not on this machine. */
function missingTools() {
  if (onWindows) return []
  const found = command => spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0
  const compilers = [process.env.CXX, 'c++', 'g++', 'clang++'].filter(Boolean)
  const pythons = [process.env.PYTHON, 'python3', 'python'].filter(Boolean)
  return [
    ...(compilers.some(found) ? [] : ['a C++ compiler (g++ or clang++)']),
    ...(found('make') ? [] : ['make']),
    ...(pythons.some(found) ? [] : ['Python 3']),
  ]
}

function explainFailure() {
  const remedy = {
    linux: 'apt-get install -y build-essential python3   (Debian, Ubuntu; other systems: gcc-c++, make, python3)',
    darwin: 'xcode-select --install',
    win32: "Visual Studio Build Tools with 'Desktop development with C++', and Python 3",
  }[process.platform]
  const missing = missingTools()
  console.error('\nThe workspace could not be installed; what failed stands above.')
  if (missing.length === 0 && !onWindows) return
  const what = onWindows ? 'A compiler and Python' : `Not on this machine: ${missing.join(', ')}. They`
  console.error(`better-sqlite3 has no prebuilt addon for this Node here and has to be compiled.
${what} are needed for this:
  ${remedy ?? 'a C++20 compiler, make and Python 3'}
Then run the same command again.`)
}

/** Runs pnpm; what it and the compiler print, some hundred lines, is shown only when it fails. */
function pnpm(...args) {
  // npx hands its own log level down to pnpm, which would then not say what failed to compile.
  const line = ['--yes', '--loglevel=error', pnpmSpec, ...args, '--loglevel=info']
  const done = spawnSync('npx', line, { cwd: root, env, encoding: 'utf8', maxBuffer: 2 ** 28, shell: onWindows })
  if (done.error) throw done.error
  if (done.status !== 0) process.stderr.write(`${done.stdout}${done.stderr}`)
  return done.status ?? 1
}

function call(command, args) {
  const done = spawnSync(command, args, { cwd: root, env, stdio: 'inherit', shell: onWindows })
  if (done.error) throw done.error
  return done.status ?? 1
}

/** Runs scripts as npm would, without starting npm for each: it takes longer than a warm demo. */
function runScripts(words) {
  const end = words.includes('--') ? words.indexOf('--') : words.length
  const names = words.slice(0, end)
  const extra = words.slice(end + 1).map(quote)
  const path = Object.keys(env).find(key => key.toUpperCase() === 'PATH') ?? 'PATH'
  env[path] = [join(root, 'node_modules', '.bin'), env[path]].join(delimiter)
  for (const [at, name] of names.entries()) {
    const line = [manifest.scripts[name], ...(at === names.length - 1 ? extra : [])].join(' ')
    const done = spawnSync(line, { cwd: root, env, stdio: 'inherit', shell: true })
    if (done.error) throw done.error
    if (done.status !== 0) process.exit(done.status ?? 1)
  }
}

function quote(word) {
  return onWindows ? `"${word.replaceAll('"', '\\"')}"` : `'${word.replaceAll("'", "'\\''")}'`
}
