import { beforeAll, expect, test } from 'vitest'
import { bundle, emptyProject, runIn } from '../project.ts'

let program: string
let evicting: string
const folder = emptyProject()

beforeAll(async () => {
  program = await bundle('test/programs/forms.ts', folder)
  evicting = await bundle('test/programs/evicting.ts', folder)
}, 60_000)

const results = [['a', 'b'], 'x1', 500, 'RangeError: no']

test('what one process has computed, the next one has: results, references and errors, in every form', async () => {
  const first = await runIn(folder, program)
  expect(JSON.parse(first.stdout)).toEqual({ results, computed: ['parse', 'user', 'rows', 'count', 'fails'] })
  const second = await runIn(folder, program)
  expect(JSON.parse(second.stdout)).toEqual({ results, computed: [] })
  expect(second.stderr).toBe('')
})

test('what one process has evicted, the next one explains', async () => {
  const never = ['never called', 'never called', 'never called']
  expect(JSON.parse((await runIn(folder, evicting)).stdout)).toEqual(never)
  expect(JSON.parse((await runIn(folder, evicting)).stdout)).toEqual(['evicted', 'evicted', 'evicted'])
})
