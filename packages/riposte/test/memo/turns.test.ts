import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { bundle, emptyProject } from '../project.ts'
import { meetingPlace, until } from './meeting-place.ts'

type Task = '' | 'abort' | 'throw' | 'forget' | 'alone' | 'elsewhere'

interface Process {
  readonly child: ChildProcess
  readonly answer: Promise<string>
}

let program: string
let sharing: string
const project = emptyProject()
const children: ChildProcess[] = []

beforeAll(async () => {
  program = await bundle('test/programs/turns.ts', project)
  sharing = await bundle('test/programs/sharing.ts', project)
}, 60_000)

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

describe.each(['sqlite', 'fs'])('processes on one store (%s)', kind => {
  function newPlace() {
    const place = meetingPlace(project, kind)
    const run = (...args: readonly string[]): Process => {
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
      children.push(child)
      return { child, answer: text(child.stdout).then(line => line.trim()) }
    }
    return {
      ...place,
      start: (task: Task = ''): Process => run(program, kind, place.folder, task),
      startMany: (calls: number, concurrency: number): Process =>
        run(sharing, kind, place.folder, String(calls), String(concurrency)),
    }
  }

  /** Places where one process runs the body, and others have made the same call. */
  async function oneAhead(first: Task, ...others: readonly Task[]) {
    const place = newPlace()
    const ahead = place.start(first)
    await until(() => place.starts() === 1)
    const behind = others.map(task => place.start(task))
    await until(() => place.called() === 1 + others.length)
    return { ...place, ahead, behind }
  }

  test('thirty-two that make one call at once run one body', { timeout: 60_000 }, async () => {
    const { start, called, starts, go } = newPlace()
    const processes = Array.from({ length: 32 }, () => start())
    await until(() => called() === 32)
    await sleep(100)
    go()
    expect(await Promise.all(processes.map(({ answer }) => answer))).toEqual(Array(32).fill('42'))
    expect(starts()).toBe(1)
  })

  test('one that is killed while it runs the body is replaced by one other', async () => {
    const { ahead, behind, starts, go } = await oneAhead('', '', '', '')
    await sleep(100)
    expect(starts()).toBe(1)
    ahead.child.kill('SIGKILL')
    await once(ahead.child, 'exit')
    await until(() => starts() === 2)
    await sleep(200)
    go()
    expect(await Promise.all(behind.map(({ answer }) => answer))).toEqual(['42', '42', '42'])
    expect(starts()).toBe(2)
  })

  test('one that is stopped while it runs the body is waited for, where it can be asked whether it lives', async () => {
    const { ahead, behind, starts, go } = await oneAhead('', '')
    ahead.child.kill('SIGSTOP')
    await sleep(300)
    expect(starts()).toBe(1)
    ahead.child.kill('SIGCONT')
    go()
    expect([await ahead.answer, await behind[0]?.answer]).toEqual(['42', '42'])
    expect(starts()).toBe(1)
  })

  test('one that is stopped past its lease is replaced, and harms nothing when it goes on', async () => {
    const { ahead, behind, starts, go, open } = await oneAhead('elsewhere', '')
    ahead.child.kill('SIGSTOP')
    await until(() => starts() === 2)
    go()
    expect(await behind[0]?.answer).toBe('42')
    await using cache = open()
    const recorded = await cache.calls.query({}).only()
    ahead.child.kill('SIGCONT')
    expect(await ahead.answer).toBe('42')
    expect(starts()).toBe(2)
    expect(await cache.calls.query({}).only()).toMatchObject({ digest: recorded.digest, metadata: recorded.metadata })
    expect(await cache.fsck()).toMatchObject({ problems: [] })
  })

  test('one that waits and aborts takes nothing from the others', async () => {
    const { ahead, behind, starts, go } = await oneAhead('', 'abort', '')
    expect(await behind[0]?.answer).toBe('"ERR_ABORTED"')
    go()
    expect([await ahead.answer, await behind[1]?.answer]).toEqual(['42', '42'])
    expect(starts()).toBe(1)
  })

  test.each([
    ['throws', 'throw', '"Error: no"'],
    ['is not recorded', 'forget', '42'],
  ] as const)('where the body of the first %s, the others run it', async (_, task, answered) => {
    const { ahead, behind, starts, go } = await oneAhead(task, '', '')
    go()
    expect(await ahead.answer).toBe(answered)
    expect(await Promise.all(behind.map(({ answer }) => answer))).toEqual(['42', '42'])
    expect(starts()).toBeGreaterThan(1)
  })

  test('a function with `lease: false` waits for no other process', async () => {
    const { ahead, behind, starts, go } = await oneAhead('', 'alone')
    await until(() => starts() === 2)
    go()
    expect([await ahead.answer, await behind[0]?.answer]).toEqual(['42', '42'])
  })

  test('those that make the same many calls with `concurrency` share the work', async () => {
    const { startMany, called, shares, go } = newPlace()
    const processes = Array.from({ length: 3 }, () => startMany(60, 2))
    await until(() => called() === 3)
    go()
    expect(await Promise.all(processes.map(({ answer }) => answer))).toEqual(['true', 'true', 'true'])
    expect(shares().reduce((sum, count) => sum + count, 0)).toBe(60)
    expect(shares()).toHaveLength(3)
    // None can run more than it had slots for, as long as others had calls to make.
    expect(Math.max(...shares())).toBeLessThan(60)
  })
})
