// Removes from each package's dist/ the types of what has no source any more: `tsc -b` leaves them there, and they would be published.
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const packages = join(dirname(dirname(fileURLToPath(import.meta.url))), 'packages')

for (const name of readdirSync(packages)) {
  const dist = join(packages, name, 'dist')
  if (!existsSync(dist)) continue
  for (const file of readdirSync(dist, { recursive: true })) {
    const stem = /^(.+?)\.d\.ts(\.map)?$/.exec(file)?.[1]
    if (stem && !existsSync(join(packages, name, 'src', `${stem}.ts`))) rmSync(join(dist, file))
  }
}
