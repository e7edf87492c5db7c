// Opens the store that a worker was told to use.
import { fsStore } from '@riposte/backend-fs'
import { sqliteStore } from '@riposte/backend-sqlite'

/** @param {string} engine `files` or `sqlite` @param {string} location a folder or a file */
export const openStore = (engine, location) => (engine === 'files' ? fsStore(location) : sqliteStore(location))
