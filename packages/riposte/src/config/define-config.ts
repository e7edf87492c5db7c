import type { Config } from './types.ts'

/**
 * Gives back what it is given, typed: for the default export of a `riposte.config.ts`.
 *
 * @example
 * ```ts
 * export default defineConfig({
 *   default: 'local',
 *   caches: { local: { store: 'sqlite', path: '.cache/calls.db' } },
 * })
 * ```
 */
export function defineConfig(config: Config): Config {
  return config
}
