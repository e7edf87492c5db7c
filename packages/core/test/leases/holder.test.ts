import { spawn } from 'node:child_process'
import { once } from 'node:events'
import fs, { existsSync } from 'node:fs'
import { isMainThread, threadId, Worker } from 'node:worker_threads'
import { thisHolder } from '@riposte/core'
import { afterEach, describe, expect, test, vi } from 'vitest'
import * as node from '../../src/host/node.ts'
import * as other from '../../src/host/other.ts'

const HERE = thisHolder()

/** A thread that says what the system says of it. */
const TELLING = `
  const { parentPort } = require('node:worker_threads')
  parentPort.postMessage(require('node:fs').readFileSync('/proc/thread-self/stat', 'latin1'))
  parentPort.on('message', () => {})
`

afterEach(() => void vi.restoreAllMocks())

describe('on Node', () => {
  test('a process is the same holder each time, on a host with a name that any store can keep', () => {
    expect(thisHolder()).toEqual(HERE)
    expect(HERE).toMatchObject({ host: expect.stringMatching(/^[\w.-]{1,100}$/), pid: process.pid })
    expect(HERE.started).toMatch(/^[\w-]{0,64}$/)
    expect(HERE.thread).toMatch(/^[\w-]{0,64}$/)
  })

  test('this process and others of this host live until they end', async () => {
    expect(node.lifeOf(HERE)).toBe('running')
    const child = spawn(process.execPath, ['--eval', 'setInterval(() => {}, 1000)'])
    await once(child, 'spawn')
    const holder = { ...HERE, pid: child.pid!, started: '', thread: '' }
    expect(node.lifeOf(holder)).toBe('running')
    // Whether it has such a thread, nobody says.
    expect(node.lifeOf({ ...holder, thread: 'worker-1' })).toBe('unknown')
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(node.lifeOf(holder)).toBe('ended')
    expect(node.lifeOf({ ...holder, thread: 'worker-1' })).toBe('ended')
  })

  test('of other hosts nothing is known', () => {
    expect(node.lifeOf({ ...HERE, host: 'elsewhere' })).toBe('unknown')
  })

  test('where the system says nothing of threads, a worker has the number that Node gave it, and nobody knows of its life', () => {
    vi.spyOn(fs, 'readFileSync').mockImplementation(() => {
      throw Object.assign(new Error('no such file'), { code: 'ENOENT' })
    })
    const here = node.thisThread()
    expect(here).toEqual({ ...HERE, started: '', thread: isMainThread ? '' : `worker-${threadId}` })
    expect(node.lifeOf(here)).toBe('running')
    expect(node.lifeOf({ ...here, thread: '' })).toBe('running')
    expect(node.lifeOf({ ...here, thread: `worker-${threadId + 1}` })).toBe('unknown')
    expect(node.lifeOf({ ...here, thread: '1-2-3' })).toBe('unknown')
  })

  test.each([0, 2_000_000_000])('%i is the number of no process', pid => {
    expect(node.lifeOf({ ...HERE, pid })).toBe('ended')
  })

  describe.runIf(existsSync('/proc/self/stat'))('where the system says when a process started', () => {
    test('a later process of the same number is another', () => {
      expect(HERE.started).not.toBe('')
      expect(node.lifeOf({ ...HERE, started: `1${HERE.started}` })).toBe('ended')
    })

    test('a worker thread lives until it ends, and a later one of the same number is another', async () => {
      const worker = new Worker(TELLING, { eval: true })
      const [stat] = await once(worker, 'message')
      const [id] = stat.split(' ')
      const started = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
      const holder = { ...HERE, thread: `${id}-${started}-${HERE.started.split('-')[1]}` }
      expect(node.lifeOf(holder)).toBe('running')
      expect(node.lifeOf({ ...holder, thread: holder.thread.replace('-', '-1') })).toBe('ended')
      await worker.terminate()
      expect(node.lifeOf(holder)).toBe('ended')
    })

    test('a process that has ended and that its parent has not noticed is dead', async () => {
      const parent = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 60'])
      try {
        const [line] = await once(parent.stdout, 'data')
        await expect.poll(() => node.lifeOf({ ...HERE, pid: Number(line), started: '', thread: '' })).toBe('ended')
        expect(() => process.kill(Number(line), 0)).not.toThrow()
      } finally {
        parent.kill()
      }
    })
  })
})

test('elsewhere nothing is known of any process, so that the time of a lease counts', () => {
  expect(other.lifeOf(other.thisThread())).toBe('unknown')
  expect(other.thisThread().host).not.toBe('')
})

test('elsewhere an instance of the module is the same holder each time, and another is another', async () => {
  expect(other.thisThread()).toEqual(other.thisThread())
  expect(other.thisThread().thread).toMatch(/^[\w-]{8,64}$/)
  vi.resetModules()
  const another = await import('../../src/host/other.ts')
  expect(another.thisThread().thread).not.toBe(other.thisThread().thread)
})
