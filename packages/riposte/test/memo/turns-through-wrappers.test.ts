// Leases hold between processes also where the store is wrapped, or answers at once.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { bundle, emptyProject } from '../project.ts'
import { meetingPlace, until } from './meeting-place.ts'

let program: string
const project = emptyProject()
const children: ChildProcess[] = []

beforeAll(async () => {
  program = await bundle('test/programs/turns.ts', project)
}, 60_000)

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

describe.each(['fs, synchronous', 'wrapped fs', 'wrapped sqlite'])('processes on one store (%s)', kind => {
  test('of six that make one call, one runs the body; where it is killed, one other does', async () => {
    const { folder, called, starts, go, open } = meetingPlace(project, kind)
    const start = () => {
      const child = spawn(process.execPath, [program, kind, folder], { stdio: ['ignore', 'pipe', 'inherit'] })
      children.push(child)
      return { child, answer: text(child.stdout).then(line => line.trim()) }
    }
    const ahead = start()
    await until(() => starts() === 1)
    const behind = Array.from({ length: 5 }, start)
    await until(() => called() === 6)
    ahead.child.kill('SIGKILL')
    await once(ahead.child, 'exit')
    await until(() => starts() === 2)
    go()
    expect(await Promise.all(behind.map(({ answer }) => answer))).toEqual(Array(5).fill('42'))
    expect(starts()).toBe(2)
    await using cache = open()
    expect(await cache.calls.query().count()).toBe(1)
    expect((await cache.fsck()).problems).toEqual([])
  })
})
