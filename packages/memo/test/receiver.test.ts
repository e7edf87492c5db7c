import { expect, test } from 'vitest'
import { memoize, memoizer, memoizeSync } from '../src/index.ts'
import { watched } from './caches.ts'

/** Makes functions as a program in JavaScript does, where nothing says what a receiver is. */
const inJavaScript = (source: string): ((n?: number) => unknown) => new Function(`return ${source}`)() as never

const USES_RECEIVER = [
  'function (n = 1) { return this.base * n }',
  'async function (n = 1) { return this.base * n }',
  'function named(n = 1) { const { base } = this; return base * n }',
  '({ double(n = 1) { return this.base * n } }).double',
  '({ async double(n = 1) { return this["base"] * n } }).double',
  '({ ["a b"](n = 1) { return (() => this?.base * n)() } })["a b"]',
  '(class { static double(n = 1) { return this.base * n } }).double',
  `function (n = 1) { return Number(\`\${this.base * n}\`) }`,
  'async /* why: */ function (n = 1) { return this // the base\n.base * n }',
]

test.each(USES_RECEIVER)(
  'a call on an object, of a body that uses it, runs there and is not kept: %s',
  async source => {
    const { cache, warnings } = watched()
    const double = memoize(inJavaScript(source), { cache, name: 'double' })
    const [a, b] = [
      { base: 1, double },
      { base: 10, double },
    ]
    expect([await a.double(2), await b.double(2), await a.double(2)]).toEqual([2, 20, 2])
    expect((await cache.stats()).calls.entries).toBe(0)
    expect(warnings).toMatchObject([
      { code: 'uncached', message: expect.stringMatching(/^a call of "double" is not cached: .*memoizeMethod/) },
    ])
  },
)

test.each([
  '(n = 1) => typeof this + n',
  'async (n = 1) => typeof this?.base + n',
  'async n => typeof this?.base + n',
  'n => [n].map(function () { return this?.base })[0] ?? n',
  'function (n) { return n } // this.base',
  `function (n) { return \`this is \${n}, of this kind\` }`,
  `function (n) { return "this.base" + 'of \\'this.base' + n }`,
  'function (n) { /* of this.base */ return { this: n }.this }',
  '({ async double(n) { return n } }).double',
])('a body that uses no receiver is kept wherever it is called: %s', async source => {
  const { cache, warnings } = watched()
  const double = memoize(inJavaScript(source), { cache, name: 'double' })
  const api = { base: 1, double }
  expect(await api.double(2)).toBe(await double(2))
  expect([await double.contains(2), (await cache.stats()).calls.entries]).toEqual([true, 1])
  expect(warnings).toEqual([])
})

test('a body that uses a receiver is kept where it is called by itself, as it is without a memo', async () => {
  const { cache, warnings } = watched()
  const body = inJavaScript('function (n = 1) { return typeof this?.base + n }')
  const f = memoize(body, { cache, name: 'f' })
  expect([await f(2), await Reflect.apply(f, globalThis, [2]), await f(2)]).toEqual(Array(3).fill('undefined2'))
  expect([await f.contains(2), warnings]).toEqual([true, []])
})

test('a strict function rejects a call on an object that its body uses', async () => {
  const { cache } = watched()
  const f = memoize(inJavaScript('function () { return this.base }'), { cache, name: 'f', strict: true })
  await expect({ f }.f()).rejects.toThrow(/memoizeMethod/)
})

test('so do memoizeSync, and the forms of a memoizer', async () => {
  const body = () => inJavaScript('function (n) { return this.base * n }')
  const { cache, warnings } = watched()
  const memo = memoizer({ cache })
  const on = { base: 3, f: memoizeSync(body(), { cache, name: 'f' }), g: memo.sync(body(), { name: 'g' }) }
  const later = { base: 4, h: memo(body(), { name: 'h' }) }
  expect([on.f(2), on.g(2), on.f(2), await later.h(2)]).toEqual([6, 6, 6, 8])
  expect(warnings.map(({ code }) => code)).toEqual(['uncached', 'uncached', 'uncached'])
})
