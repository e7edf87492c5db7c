import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const execute = promisify(execFile)

/**
 * Runs one of `programs/`, on the build, to its end.
 *
 * @param nodeOptions - what Node itself is given, before the program.
 * @returns what it prints: a report in JSON, of the shape that its caller knows.
 */
export async function runProgram<Report>(
  name: string,
  args: readonly (string | number)[],
  nodeOptions: readonly string[] = [],
): Promise<Report> {
  const file = fileURLToPath(new URL(`programs/${name}.mjs`, import.meta.url))
  const { stdout } = await execute(process.execPath, [...nodeOptions, file, ...args.map(String)])
  return JSON.parse(stdout)
}
