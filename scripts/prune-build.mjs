// Removes from each package's dist/ what has no source any more: `tsc -b` leaves it there, and it would be published.
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const packages = join(dirname(dirname(fileURLToPath(import.meta.url))), 'packages')

for (const name of readdirSync(packages)) {
  const dist = join(packages, name, 'dist')
  if (!existsSync(dist)) continue
  for (const file of readdirSync(dist, { recursive: true })) {
    const stem = /^(.+?)\.(js|d\.ts)(\.map)?$/.exec(file)?.[1]
    if (stem && !existsSync(join(packages, name, 'src', `${stem}.ts`))) rmSync(join(dist, file))
  }
}
