import { setTimeout as delay } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const gc = runInNewContext('gc') as () => void

/** Collects garbage until `isDone`; gives up after some rounds, of which one or two are enough where something can be collected. */
export async function collectGarbage(isDone: () => boolean = () => false): Promise<void> {
  for (let round = 0; round < 20 && !isDone(); round += 1) {
    await delay(1)
    gc()
  }
}
