import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { bundle, emptyProject } from '../project.ts'
import { meetingPlace, until } from './meeting-place.ts'

/** What a thread or a process does besides: see the program. */
type Task = '' | 'untold'

/** Where the system tells of threads as of processes. */
const TELLS_OF_THREADS = existsSync('/proc/thread-self/stat')

interface Started {
  /** What it wrote, when it has ended. */
  readonly answer: Promise<string>
  end(): unknown
}

let turns: string
let mixing: string
const project = emptyProject()
const started: Started[] = []

beforeAll(async () => {
  turns = await bundle('test/programs/turns.ts', project)
  mixing = await bundle('test/programs/mixing.ts', project)
}, 60_000)

afterEach(async () => {
  await Promise.all(started.splice(0).map(({ end }) => end()))
})

describe.each(['sqlite', 'fs'])('threads on one store (%s)', kind => {
  function newPlace() {
    const place = meetingPlace(project, kind)
    const noted = <S extends Started>(one: S): S => {
      started.push(one)
      return one
    }
    const thread = (task: Task = '', program = turns): Started => {
      const worker = new Worker(program, { argv: [kind, place.folder, task], stdout: true })
      return noted({ answer: text(worker.stdout).then(line => line.trim()), end: () => worker.terminate() })
    }
    const process_ = (task: Task = ''): Started => {
      const child = spawn(process.execPath, [turns, kind, place.folder, task], { stdio: ['ignore', 'pipe', 'inherit'] })
      return noted({ answer: text(child.stdout).then(line => line.trim()), end: () => child.kill('SIGKILL') })
    }
    return { ...place, thread, process: process_, mixing: () => thread('', mixing) }
  }

  /** Places where one thread runs the body, and others have made the same call. */
  async function oneAhead(task: Task, ...others: readonly ('thread' | 'process')[]) {
    const place = newPlace()
    const ahead = place.thread(task)
    await until(() => place.starts() === 1)
    const behind = others.map(one => place[one]())
    await until(() => place.called() === 1 + others.length)
    return { ...place, ahead, behind }
  }

  test('eight that make one call at once run one body', async () => {
    const { thread, called, starts, go } = newPlace()
    const threads = Array.from({ length: 8 }, () => thread())
    await until(() => called() === 8)
    await sleep(100)
    go()
    expect(await Promise.all(threads.map(({ answer }) => answer))).toEqual(Array(8).fill('42'))
    expect(starts()).toBe(1)
  })

  test.runIf(TELLS_OF_THREADS)('one that is terminated while it runs the body is replaced by one other', async () => {
    const { ahead, behind, starts, go } = await oneAhead('', 'thread', 'process', 'thread')
    await sleep(100)
    expect(starts()).toBe(1)
    await ahead.end()
    await until(() => starts() === 2)
    await sleep(200)
    go()
    expect(await Promise.all(behind.map(({ answer }) => answer))).toEqual(['42', '42', '42'])
    expect(starts()).toBe(2)
  })

  test.each(['thread', 'process'] as const)(
    'one of which the system tells nothing is replaced by another %s once its time is over',
    async other => {
      const { ahead, behind, starts, go } = await oneAhead('untold', other)
      await ahead.end()
      await until(() => starts() === 2)
      go()
      expect(await behind[0]?.answer).toBe('42')
      expect(starts()).toBe(2)
    },
  )

  test('one that lives is waited for, by threads and by other processes', async () => {
    const { ahead, behind, starts, go } = await oneAhead('', 'thread', 'process')
    await sleep(300)
    expect(starts()).toBe(1)
    go()
    expect(await Promise.all([ahead, ...behind].map(({ answer }) => answer))).toEqual(['42', '42', '42'])
    expect(starts()).toBe(1)
  })

  test('four that read, write, evict and sweep at once meet no fault', async () => {
    const place = newPlace()
    const threads = Array.from({ length: 4 }, () => place.mixing())
    expect(await Promise.all(threads.map(({ answer }) => answer))).toEqual(Array(4).fill('60'))
    await using cache = place.open()
    expect(await cache.fsck()).toMatchObject({ problems: [] })
  })
})
