// The engines that Riposte's stores stand beside, set up as well as they can be.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import KeyvSqlite from '@keyv/sqlite'
import Database from 'better-sqlite3'
import Keyv from 'keyv'
import { jsonSha256 } from './floors.mjs'

/** Keyv over its SQLite adapter, with the journal that its users set by hand: its defaults write 20 times slower. */
export async function keyvSqlite(folder) {
  const adapter = new KeyvSqlite(`sqlite://${join(folder, 'keyv.db')}`)
  await adapter.query('PRAGMA journal_mode=WAL')
  await adapter.query('PRAGMA synchronous=NORMAL')
  return new Keyv({ store: adapter })
}

/** Two tables of calls and values by hand, in the manner of a memo: one joined select a hit, one transaction a miss. */
export function rawSqlite(folder) {
  const database = new Database(join(folder, 'raw.db'))
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = NORMAL')
  database.exec('CREATE TABLE calls (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID')
  database.exec('CREATE TABLE "values" (key TEXT PRIMARY KEY, json TEXT NOT NULL)')
  const insertCall = database.prepare('INSERT OR IGNORE INTO calls VALUES (?, ?)')
  const insertValue = database.prepare('INSERT OR IGNORE INTO "values" VALUES (?, ?)')
  const select = database
    .prepare('SELECT json FROM calls JOIN "values" ON "values".key = calls.value WHERE calls.key = ?')
    .pluck()
  const insert = database.transaction((key, value) => {
    const json = JSON.stringify(value)
    const address = jsonSha256(value)
    insertValue.run(address, json)
    insertCall.run(key, address)
  })
  return {
    get: args => JSON.parse(select.get(jsonSha256(args))),
    set: (args, value) => insert(jsonSha256(args), value),
    close: () => database.close(),
  }
}

/** A file for each call by hand: written aside, then renamed. */
export function rawFiles(folder) {
  const root = join(folder, 'raw')
  mkdirSync(root)
  const path = args => join(root, jsonSha256(args))
  return {
    get: async args => JSON.parse(await readFile(path(args), 'utf8')),
    getSync: args => JSON.parse(readFileSync(path(args), 'utf8')),
    set(args, value) {
      const file = path(args)
      writeFileSync(`${file}.new`, JSON.stringify(value))
      renameSync(`${file}.new`, file)
    },
  }
}
