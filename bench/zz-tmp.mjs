import { mkdtempSync, rmSync } from 'node:fs'
import { sqliteStore } from '@riposte/backend-sqlite'
import { createCache } from '@riposte/core'
import { fillWithCalls } from './many-calls.mjs'
const dir = mkdtempSync('/tmp/sq/q-')
const pages = {
  any: c => c.calls.query({ name: 'f' }), all: c => c.calls.query(), user: c => c.calls.query({ name: 'f', args: { user: 'user 7' } }),
  latest: c => c.calls.query({ name: 'f' }).orderBy('startedAt', 'desc'), slowest: c => c.calls.query({ name: 'f' }).orderBy('durationMs', 'desc'),
  allSlowest: c => c.calls.query().orderBy('durationMs', 'desc'),
  range: c => c.calls.query({ name: 'f', metadata: { runtime: { durationMs: { gt: 0.001 } } } }).orderBy('startedAt', 'desc'),
  userLatest: c => c.calls.query({ name: 'f', args: { user: 'user 7' } }).orderBy('startedAt', 'desc'),
}
for (const count of [10_000, 150_000]) {
  const t = process.cpuUsage(); const s = sqliteStore(`${dir}/${count}.db`); fillWithCalls(s, count); const u = process.cpuUsage(t)
  const c = createCache(s)
  const out = []
  const m = async (name, f) => { for (let i = 0; i < 5; i++) await f(); const a = process.cpuUsage(); for (let i = 0; i < 40; i++) await f(); const b = process.cpuUsage(a); out.push(`${name} ${((b.user + b.system) / 40e3).toFixed(2)}`) }
  for (const [n, q] of Object.entries(pages)) { await m(n, () => q(c).page({ size: 100 })); const p = await q(c).page({ size: 100 }); if (p.next) await m(n + '+', () => q(c).page({ size: 100, after: p.next })) }
  await m('raw find', () => [...s.calls.find({ where: [{ field: 'name', equals: 'f' }], order: { by: '/runtime/startedAt', direction: 'desc' }, limit: 100 })])
  await m('raw find 1', () => [...s.calls.find({ where: [{ field: 'name', equals: 'f' }], limit: 1 })])
  await m('stats', () => c.stats())
  console.log(count, 'fill cpu', Math.round((u.user + u.system) / 1e3), 'ms;', out.join(', '))
  await c.close()
}
rmSync(dir, { recursive: true })
