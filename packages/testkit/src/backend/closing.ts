import type { Backend } from '@riposte/core'
import type { Rules } from '../cases.ts'
import { equal, failsWith } from '../expect.ts'
import { entry, keyFrom, listed } from '../samples.ts'

const A = keyFrom('aa')

/** Every member of a closed backend, by name. */
export async function isClosed(backend: Backend): Promise<void> {
  await failsWith('ERR_CLOSED', 'get after close', () => backend.get([A]))
  for (const mode of ['keep', 'absent', 'replace'] as const) {
    await failsWith('ERR_CLOSED', `put ${mode} after close`, async () => backend.put([entry(A, 'a')], mode))
  }
  await failsWith('ERR_CLOSED', 'touch after close', () => backend.touch([A]))
  await failsWith('ERR_CLOSED', 'has after close', () => backend.has([A]))
  await failsWith('ERR_CLOSED', 'delete after close', () => backend.delete([{ key: A }]))
  await failsWith('ERR_CLOSED', 'list after close', () => listed(backend))
  await failsWith('ERR_CLOSED', 'now after close', () => backend.now())
}

/** `close`. */
export const closing: Rules<Backend> = {
  'use after close is ERR_CLOSED, on every member': async backend => {
    await backend.put([entry(A, 'a')], 'keep')
    await backend.close()
    await isClosed(backend)
  },

  'a backend that was never used can be closed, and is closed': async backend => {
    await backend.close()
    await isClosed(backend)
  },

  'a second close does nothing': async backend => {
    await backend.close()
    equal(await backend.close(), undefined, 'a second close')
    equal(await backend.close(), undefined, 'a third close')
  },
}
