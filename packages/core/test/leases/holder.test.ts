import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { thisHolder } from '@riposte/core'
import { describe, expect, test } from 'vitest'
import * as node from '../../src/host/node.ts'
import * as other from '../../src/host/other.ts'

const HERE = thisHolder()

describe('on Node', () => {
  test('a process is the same holder each time, on a host with a name that any store can keep', () => {
    expect(thisHolder()).toEqual(HERE)
    expect(HERE).toMatchObject({ host: expect.stringMatching(/^[\w.-]{1,100}$/), pid: process.pid })
    expect(HERE.started).toMatch(/^[\w-]{0,64}$/)
  })

  test('this process and others of this host live until they end', async () => {
    expect(node.lifeOf(HERE)).toBe('running')
    const child = spawn(process.execPath, ['--eval', 'setInterval(() => {}, 1000)'])
    await once(child, 'spawn')
    const holder = { ...HERE, pid: child.pid!, started: '' }
    expect(node.lifeOf(holder)).toBe('running')
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(node.lifeOf(holder)).toBe('ended')
  })

  test('of other hosts nothing is known', () => {
    expect(node.lifeOf({ ...HERE, host: 'elsewhere' })).toBe('unknown')
  })

  test.each([0, 2_000_000_000])('%i is the number of no process', pid => {
    expect(node.lifeOf({ ...HERE, pid })).toBe('ended')
  })

  describe.runIf(existsSync('/proc/self/stat'))('where the system says when a process started', () => {
    test('a later process of the same number is another', () => {
      expect(HERE.started).not.toBe('')
      expect(node.lifeOf({ ...HERE, started: `1${HERE.started}` })).toBe('ended')
    })

    test('a process that has ended and that its parent has not noticed is dead', async () => {
      const parent = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 60'])
      try {
        const [line] = await once(parent.stdout, 'data')
        await expect.poll(() => node.lifeOf({ ...HERE, pid: Number(line), started: '' })).toBe('ended')
        expect(() => process.kill(Number(line), 0)).not.toThrow()
      } finally {
        parent.kill()
      }
    })
  })
})

test('elsewhere nothing is known of any process, so that the time of a lease counts', () => {
  expect(other.lifeOf(other.thisProcess())).toBe('unknown')
  expect(other.thisProcess().host).not.toBe('')
})
