/** Long work tells how far it is, and stops where it is told, over every store. */
import { createReadStream } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type ArchiveProgress, createCache, memoryStore, type Store, type TransformProgress } from '@riposte/core'
import { describe, expect, test } from 'vitest'
import { STORES, withStore } from './laws/stores.ts'

const identity = { namespace: '', name: 'slow', version: undefined, conditions: [] } as const

async function filled(store: Store, count: number) {
  const cache = createCache(store, { inlineBelow: 100, onWarning: () => undefined })
  for (let i = 0; i < count; i += 1) {
    await cache.calls.commit(cache.calls.prepare(identity, { values: [i], names: undefined }), [i, 'x'.repeat(i * 5)])
  }
  return cache
}

describe.each(STORES)('%s', (_name, open) => {
  test('filing anew tells how far it is, and an aborted one goes on another time', async () => {
    await withStore(open, async store => {
      const cache = await filled(store, 150)
      const told: TransformProgress[] = []
      const onProgress = (progress: TransformProgress) => void told.push(progress)
      expect(await cache.redigest({ onProgress })).toEqual({ changed: 0, kept: 150 })
      expect(told).toEqual([64, 128, 150].map(done => ({ done, total: 150 })))

      const controller = new AbortController()
      const raise = () => cache.calls.transform(({ version }) => (version === undefined ? { version: 2 } : {}), options)
      const options = {
        signal: controller.signal,
        onProgress: ({ done }: TransformProgress) => done === 128 && controller.abort(new Error('enough')),
      }
      const aborted = { code: 'ERR_ABORTED', details: { operation: 'transform' }, cause: { message: 'enough' } }
      await expect(raise()).rejects.toMatchObject(aborted)
      const raised = await cache.calls.query({ version: 2 }).count()
      expect(raised).toBe(128)
      expect(await cache.calls.query().count()).toBe(150)
      const redigesting = cache.redigest({ signal: controller.signal })
      await expect(redigesting).rejects.toMatchObject({ ...aborted, details: { operation: 'redigest' } })
      const rest = await cache.calls.transform(({ version }) => (version === undefined ? { version: 2 } : {}))
      expect(rest).toEqual({ changed: 22, removed: 0, kept: 128 })
      expect((await cache.fsck()).sound).toBe(true)
    })
  })

  test('filing anew refuses options that do not exist, before it looks at anything', async () => {
    await withStore(open, async store => {
      const cache = await filled(store, 40)
      const change = () => undefined
      // @ts-expect-error it is called onProgress
      await expect(cache.redigest({ onprogress: () => {} })).rejects.toThrow(/did you mean onProgress/)
      // @ts-expect-error there is no dry run
      await expect(cache.calls.transform(change, { dryRun: true })).rejects.toThrow(/no option "dryRun"/)
      // @ts-expect-error a signal is no controller
      await expect(cache.calls.transform(change, { signal: new AbortController() })).rejects.toThrow(/AbortSignal/)
      expect(await cache.calls.query().count()).toBe(40)
    })
  })

  test('what progress throws ends an export, a redigest and a transform', async () => {
    await withStore(open, async store => {
      const cache = await filled(store, 40)
      const onProgress = () => {
        throw new Error('enough')
      }
      const target = async (bytes: AsyncIterable<Uint8Array>) => {
        for await (const _ of bytes);
      }
      await expect(cache.export(target, { onProgress })).rejects.toThrow('enough')
      await expect(cache.redigest({ onProgress })).rejects.toThrow('enough')
      await expect(cache.calls.transform(() => ({}), { onProgress })).rejects.toThrow('enough')
    })
  })

  test('an export tells how far it is, and an aborted one gives no archive', async () => {
    await withStore(open, async (store, folder) => {
      const cache = await filled(store, 40)
      const file = join(folder, 'backup.riposte')
      const told: ArchiveProgress[] = []
      const { incomplete, ...written } = await cache.export(bytes => writeFile(file, bytes), {
        onProgress: progress => void told.push(progress),
      })
      expect(incomplete).toBe(0)
      for (const name of ['values', 'calls', 'bytes'] as const) {
        const counts = told.map(progress => progress[name])
        expect(counts).toEqual([...counts].sort((a, b) => a - b))
        expect(counts.at(-1)).toBeLessThanOrEqual(written[name])
      }
      // All but the last of the calls come after the values that were told of.
      expect(told.at(-1)?.values).toBe(written.values)

      const controller = new AbortController()
      const cut = join(folder, 'cut.riposte')
      const exporting = cache.export(bytes => writeFile(cut, bytes), {
        signal: controller.signal,
        onProgress: () => controller.abort(),
      })
      await expect(exporting).rejects.toMatchObject({ code: 'ERR_ABORTED', details: { operation: 'export' } })
      const to = createCache(memoryStore(), { onWarning: () => undefined })
      await expect(to.import(createReadStream(cut))).rejects.toMatchObject({ code: 'ERR_CORRUPT' })
    })
  })
})
