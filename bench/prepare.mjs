// @keyv/sqlite stands on sqlite3, whose addon takes a minute to compile. An install leaves it out; it is
// built here, when it is first wanted.
import { spawnSync } from 'node:child_process'
import { existsSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'

export function prepareSqlite3() {
  const adapter = realpathSync(join(import.meta.dirname, 'node_modules', '@keyv', 'sqlite'))
  const folder = dirname(createRequire(join(adapter, 'package.json')).resolve('sqlite3/package.json'))
  if (loads(folder)) return
  console.error('building the addon of sqlite3, which @keyv/sqlite needs: about a minute, once')
  const env = { ...process.env, JOBS: String(availableParallelism()) }
  const prefix = dirname(dirname(realpathSync(process.execPath)))
  if (existsSync(join(prefix, 'include', 'node', 'node_version.h'))) env.npm_config_nodedir ??= prefix
  const built = spawnSync('npm', ['run', 'install'], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    shell: process.platform === 'win32',
  })
  if (built.error) throw built.error
  if (!loads(folder)) throw new Error(`sqlite3 could not be built in ${folder}\n${built.stdout}\n${built.stderr}`)
}

function loads(folder) {
  return spawnSync(process.execPath, ['-e', 'require(process.argv[1])', folder], { stdio: 'ignore' }).status === 0
}
