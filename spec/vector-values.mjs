/** What the golden vectors are of: groups of names and values in the notation of README.md. */

const undef = { t: 'undefined' }
const nil = { t: 'null' }
const bool = v => ({ t: 'boolean', v })
const num = v => ({ t: 'number', v: Object.is(v, -0) ? '-0' : String(v) })
const big = v => ({ t: 'bigint', v: String(v) })
const str = (v, times) => (times === undefined ? { t: 'string', v } : { t: 'string', v, times })
const sym = (v, times) => ({ t: 'symbol', key: str(v, times) })
const arr = (...items) => ({ t: 'array', items })
const holes = n => ({ t: 'holes', n })
const each = (times, of) => ({ t: 'each', times, of })
const obj = entries => ({ t: 'object', entries: Array.isArray(entries) ? entries : Object.entries(entries) })
const bare = entries => ({ ...obj(entries), prototype: null })
const map = (...entries) => ({ t: 'map', entries })
const set = (...items) => ({ t: 'set', items })
const date = v => ({ t: 'date', time: num(v) })
const regexp = (source, flags = '', lastIndex = num(0)) => ({ t: 'regexp', source, flags, lastIndex })
const error = (name, hidden = {}, entries = []) => ({ t: 'error', class: name, hidden, entries })
const bytes = (name, hex, length) =>
  length === undefined ? { t: 'bytes', class: name, hex } : { t: 'bytes', class: name, hex, length }
const boxed = of => ({ t: 'boxed', of })
const extra = (of, entries) => ({ t: 'extra', of, entries })
const instance = (id, version, state) => ({ t: 'instance', id, version, state })
const ref = to => ({ t: 'ref', to })
const call = (namespace, name, version, conditions, args) => ({ t: 'call', namespace, name, version, conditions, args })
const digestText = of => ({ t: 'digest', of })

/** A name, given once, from what the notation says. */
const named = (...notations) => notations.map(notation => [JSON.stringify(notation), notation])

const pattern = '000102030405060708090a0b0c0d0e0f10f0ff'
const linkable = obj({ text: str('x', 1100), n: num(1) })
const chunk = 1_048_576

const whole = [
  0,
  1,
  10,
  23,
  24,
  25,
  100,
  255,
  256,
  1000,
  65_535,
  65_536,
  1_000_000,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32 - 1,
  2 ** 32,
]
const numbers = [
  ...[...whole, 2 ** 40, 2 ** 53 - 1].flatMap(n => [n, -1 - n].filter(Number.isSafeInteger)),
  -(2 ** 53 - 1),
  ...[-0, 2 ** 53, -(2 ** 53), 2 ** 53 + 2, 2 ** 63, 2 ** 64, 1e21, 1e300, -1e300],
  ...[0.5, -0.5, 1.1, 0.1 + 0.2, 1 / 3, Math.PI, -2.5e-7],
  ...[Number.MAX_VALUE, Number.MIN_VALUE, -Number.MIN_VALUE, 2 ** -1022, Number.EPSILON, 1 + Number.EPSILON],
  ...[Infinity, -Infinity, NaN],
]

/** @type {readonly (readonly [group: string, values: readonly (readonly [name: string, notation: object])[]])[]} */
export const groups = [
  ['primitives', named(undef, nil, bool(false), bool(true))],
  ['numbers', named(...numbers.map(num))],
  [
    'bigints',
    named(
      ...[
        0n,
        1n,
        -1n,
        23n,
        255n,
        256n,
        -256n,
        -257n,
        65_535n,
        2n ** 53n,
        2n ** 63n,
        -(2n ** 63n),
        2n ** 64n - 1n,
        2n ** 64n,
      ].map(big),
      ...[2n ** 128n, -(2n ** 128n), 10n ** 40n, 0x80n, 0x0100n].map(big),
      { t: 'bigint', v: `0x1${'0'.repeat(2100)}` },
      { t: 'bigint', v: `-0x1${'0'.repeat(2100)}` },
    ),
  ],
  [
    'strings',
    named(
      ...[
        '',
        'a',
        'abc',
        ' ',
        '0',
        '1',
        'true',
        'null',
        'undefined',
        '__proto__',
        '\u0000',
        '\n"\\',
        'é',
        'e\u0301',
        'ﬁ',
        '日本語',
      ].map(v => str(v)),
      ...[
        '😀',
        '👩‍👩‍👧',
        '\u{10ffff}',
        '\ufeffbom',
        '\ufffd',
        '\ud800',
        '\udc00',
        'a\ud800b',
        '\udc00\ud800',
        '\ud83d',
        '\ude00x',
      ].map(v => str(v)),
      str('x', 23),
      str('x', 24),
      str('x', 255),
      str('x', 256),
      str('ü', 30),
      str('x', 1021),
      str('x', 1022),
      str('日', 500),
      str('\ud800', 400),
      str('x', 70_000),
    ),
  ],
  [
    'symbols',
    named(
      sym(''),
      sym('a'),
      sym('é'),
      sym('\ud800'),
      sym('x', 2000),
      arr(sym('x', 2000)),
      boxed(sym('a')),
      obj([[sym('a'), num(1)]]),
    ),
  ],
  [
    'objects',
    named(
      obj({}),
      bare({}),
      obj({ a: num(1) }),
      bare({ a: num(1) }),
      obj([
        ['b', num(1)],
        ['a', num(2)],
      ]),
      obj([
        ['aa', num(1)],
        ['b', num(2)],
        ['', num(3)],
        ['ab', num(4)],
        ['é', num(5)],
        ['a', num(6)],
      ]),
      obj([
        ['10', num(1)],
        ['9', num(2)],
        ['-1', num(3)],
        ['1.5', num(4)],
      ]),
      obj([
        ['__proto__', num(1)],
        ['constructor', num(2)],
        ['toString', undef],
      ]),
      obj({ a: undef }),
      obj({ a: nil }),
      obj([
        [sym('k'), num(1)],
        ['k', num(2)],
      ]),
      obj([
        [sym('x', 2000), num(1)],
        [sym('a'), num(2)],
      ]),
      obj([
        ['\ud800', num(1)],
        ['z', num(2)],
        ['\udfff', num(3)],
      ]),
      obj({ a: obj({ b: obj({ c: arr(obj({})) }) }) }),
      obj(Array.from({ length: 30 }, (_, i) => [`key ${29 - i}`, num(i)])),
      obj([['x'.repeat(1500), num(1)]]),
    ),
  ],
  [
    'arrays',
    named(
      arr(),
      arr(num(1)),
      arr(undef),
      arr(nil),
      arr(arr()),
      arr(num(1), str('1'), big(1), bool(true)),
      arr(holes(1)),
      arr(holes(3), num(1), holes(2)),
      arr(undef, holes(1), undef),
      arr(holes(4_000_000_000), num(1)),
      arr(holes(4_294_967_295)),
      arr(holes(9), num(1)),
      arr(each(24, undef)),
      arr(each(300, str('ab'))),
      arr(each(8, num(1.5))),
      { t: 'nested', levels: 3, of: nil },
      { t: 'nested', levels: 900, of: str('leaf') },
      arr(num(1), arr(num(2), arr(num(3)))),
    ),
  ],
  [
    'packed',
    named(
      arr(each(8, num(1))),
      arr(each(9, num(1))),
      arr(each(9, num(-0))),
      arr(each(8, num(1)), num(NaN)),
      arr(each(8, num(1)), holes(1)),
      arr(each(8, num(1)), holes(1), num(1)),
      arr(each(8, num(1)), big(1)),
      arr(
        num(0),
        num(-0),
        num(1.5),
        num(-1),
        num(2 ** 53),
        num(1e300),
        num(Infinity),
        num(-Infinity),
        num(Number.MIN_VALUE),
      ),
      arr(each(127, num(7))),
      arr(each(128, num(7))),
      arr(arr(each(127, num(7))), arr(each(128, num(7)))),
      arr(each(1000, num(0.5))),
      arr(each(131_073, num(3))),
      extra(arr(each(9, num(1))), [['x', num(1)]]),
    ),
  ],
  [
    'maps-sets',
    named(
      map(),
      set(),
      map([str('a'), num(1)]),
      map([str('b'), num(1)], [str('a'), num(2)]),
      map([num(1), str('x')], [str('1'), str('y')], [big(1), str('z')]),
      map([num(NaN), num(0)], [undef, nil]),
      map([obj({ a: num(1) }), num(1)], [obj({ a: num(1) }), num(2)]),
      map([obj({ a: num(1) }), num(2)], [obj({ a: num(1) }), num(1)], [obj({ a: num(1) }), num(1)]),
      map([map([num(1), num(2)]), set(num(1))]),
      set(num(1), num(2), num(3)),
      set(num(3), num(1), num(2)),
      set(str('a'), num(-1), nil, undef, bool(false)),
      set(obj({ a: num(1) }), obj({ a: num(1) })),
      set(arr(num(1)), arr(num(1)), arr(num(0))),
      map([str('x', 1100), str('y', 1100)], [str('a'), str('z', 1100)]),
      set(str('b', 1100), str('a', 1100), str('c')),
      extra(map([num(1), num(2)]), [['size', num(9)]]),
      extra(set(), [[sym('s'), num(9)]]),
    ),
  ],
  [
    'dates',
    named(
      date(0),
      date(-1),
      date(NaN),
      date(8.64e15),
      date(-8.64e15),
      date(1_700_000_000_123),
      extra(date(0), [['note', str('x')]]),
    ),
  ],
  [
    'regexps',
    named(
      regexp('a'),
      regexp('a', 'dgimsuy'),
      regexp('(?:)'),
      regexp('[\\]/]', 'u'),
      regexp('a', 'g', num(3)),
      regexp('a', '', str('x')),
      regexp('é\\u{1f600}', 'v'),
      regexp('x'.repeat(1100)),
      extra(regexp('a'), [['x', num(1)]]),
    ),
  ],
  [
    'errors',
    named(
      error('Error'),
      error('Error', { message: str('') }),
      error('Error', { message: str('a') }),
      ...['AggregateError', 'EvalError', 'RangeError', 'ReferenceError', 'SyntaxError', 'TypeError', 'URIError'].map(
        name => error(name, { message: str('m') }),
      ),
      error('Error', { message: str('a'), cause: error('TypeError', { message: str('b') }) }),
      error('Error', { message: str('a'), cause: undef }),
      error('Error', { message: str('a'), cause: nil }),
      error('AggregateError', { message: str('all'), errors: arr(error('Error'), num(1)) }),
      error('Error', { name: str('Mine'), message: str('a') }),
      error('Error', { name: str('Error'), message: str('a') }),
      error('Error', { message: str('a') }, [['code', str('E_A')]]),
      error('Error', {}, [['message', str('a')]]),
      error('Error', { message: str('a') }, [
        ['name', str('Error')],
        ['cause', num(1)],
      ]),
      error('Error', {}, [
        ['errors', arr()],
        [sym('s'), num(1)],
      ]),
      error('Error', { message: str('m', 1100) }),
      error('RangeError', { message: num(1) }),
    ),
  ],
  [
    'bytes',
    named(
      bytes('Uint8Array', ''),
      bytes('Uint8Array', '00'),
      bytes('Uint8Array', '00010203'),
      ...['Buffer', 'ArrayBuffer', 'SharedArrayBuffer', 'DataView', 'Uint8ClampedArray', 'Int8Array'].flatMap(name => [
        bytes(name, ''),
        bytes(name, '00ff7f80'),
      ]),
      bytes('Uint8Array', pattern, 1021),
      bytes('Uint8Array', pattern, 1022),
      arr(bytes('Uint8Array', pattern, 1021), bytes('Uint8Array', pattern, 1022)),
      extra(bytes('Uint8Array', '0102'), [['x', num(1)]]),
      extra(bytes('Buffer', '0102'), [[sym('x'), num(1)]]),
    ),
  ],
  [
    'views',
    named(
      ...[
        'Uint16Array',
        'Int16Array',
        'Uint32Array',
        'Int32Array',
        'Float32Array',
        'Float64Array',
        'BigInt64Array',
        'BigUint64Array',
      ].flatMap(name => [bytes(name, ''), bytes(name, '0102030405060780', 16)]),
      bytes('Float64Array', '000000000000f87f'),
      bytes('Float64Array', '010000000000f8ff'),
      bytes('Float64Array', '0000000000000080'),
      bytes('Float32Array', pattern, 4000),
    ),
  ],
  [
    'boxed',
    named(
      boxed(num(1)),
      boxed(num(-0)),
      boxed(num(NaN)),
      boxed(bool(false)),
      boxed(str('')),
      boxed(str('ab')),
      boxed(big(1)),
      boxed(sym('a')),
      extra(boxed(str('ab')), [['x', num(1)]]),
      boxed(str('x', 1100)),
    ),
  ],
  [
    'urls',
    named(
      { t: 'url', href: 'https://example.test/' },
      { t: 'url', href: 'https://user@example.test:8080/a%20b?q=1&q=2#h' },
      { t: 'url', href: `https://example.test/${'a'.repeat(1100)}` },
      { t: 'search-params', entries: [] },
      {
        t: 'search-params',
        entries: [
          ['b', '1'],
          ['a', '2'],
          ['b', ''],
        ],
      },
      { t: 'search-params', entries: [['é', 'x'.repeat(1100)]] },
    ),
  ],
  [
    'classes',
    named(
      instance('b2138434', 1, arr(num(1), num(2))),
      instance('b2138434', 2, arr(num(1), num(2))),
      instance('0123456789abcdef0123456789abcdef', 1, undef),
      instance('0123456789ABCDEF', 0, obj({ a: instance('b2138434', 1, nil) })),
      instance('b2138434', 1, str('x', 1100)),
      arr(instance('b2138434', 70_000, linkable)),
      { t: 'own-digest', of: str('mine') },
      arr({ t: 'own-digest', of: str('mine') }, { t: 'own-digest', of: num(1) }),
    ),
  ],
  [
    'references',
    named(
      ref(linkable),
      arr(num(1), ref(linkable)),
      arr(num(1), linkable),
      arr(digestText(linkable)),
      digestText(linkable),
      map([ref(linkable), ref(num(1))]),
      obj({ a: ref(linkable), b: digestText(nil) }),
      obj({ a: linkable, b: digestText(nil) }),
      set(ref(num(1)), ref(num(2))),
    ),
  ],
  [
    'merkle',
    named(
      arr(str('x', 1021)),
      arr(str('x', 1022)),
      arr(arr(each(100, str('ninechars'))), arr(each(110, str('ninechars')))),
      obj({ small: arr(each(1021, nil)), large: arr(each(1022, nil)) }),
      { t: 'nested', levels: 3, of: str('x', 1100) },
      arr(each(30, arr(str('x', 1100)))),
      arr(each(40, str('y', 1022))),
      obj(Array.from({ length: 40 }, (_, i) => [`part ${i}`, arr(each(2, str(`text ${i}`, 300)))])),
      map([linkable, linkable], [obj({ n: num(1), text: str('x', 1100) }), num(2)]),
      set(linkable, arr(linkable, linkable)),
      extra(arr(linkable, each(40, str('long enough to be linked'))), [['note', linkable]]),
      arr(big(2n ** 53n), { t: 'bigint', v: `0x1${'0'.repeat(2100)}` }),
      error('Error', { message: str('m', 1100), cause: linkable }),
      { t: 'array', items: [regexp('x'.repeat(1100), 'g'), date(1)] },
    ),
  ],
  [
    'chunks',
    named(
      bytes('Uint8Array', pattern, chunk),
      bytes('Uint8Array', pattern, chunk + 1),
      bytes('Uint8Array', pattern, 2 * chunk),
      bytes('Uint8Array', pattern, 2 * chunk + 1021),
      bytes('Uint8Array', pattern, 2 * chunk + 1022),
      bytes('Uint8Array', pattern, chunk + 20_000),
      arr(bytes('Uint8Array', pattern, chunk + 20_000)),
      ...['Buffer', 'ArrayBuffer', 'SharedArrayBuffer', 'DataView'].map(name => bytes(name, pattern, chunk + 5)),
      bytes('Int16Array', pattern, chunk + 2),
      bytes('Float64Array', '0000000000e0f03f', chunk + 8),
      str('x', chunk + 1),
    ),
  ],
  [
    'extras',
    named(
      extra(arr(), [['x', num(1)]]),
      extra(arr(num(1)), [
        ['-1', num(1)],
        ['01', num(2)],
      ]),
      extra(arr(holes(1), num(1)), [['x', num(1)]]),
      extra(arr(holes(2)), [
        ['x', num(1)],
        [sym('x'), num(2)],
      ]),
      extra(arr(str('x', 1100)), [['x', str('y', 1100)]]),
      extra(arr(each(60, str('a part of some length'))), [['x', num(1)]]),
      extra({ t: 'url', href: 'https://example.test/' }, [['x', num(1)]]),
      extra({ t: 'search-params', entries: [] }, [['x', num(1)]]),
      extra(boxed(num(1)), [['0', num(1)]]),
      extra(bytes('Float64Array', '0000000000e0f03f', 800), [['x', num(1)]]),
    ),
  ],
  [
    'calls',
    [
      ['no arguments', call('', 'f', undef, [], [])],
      ['version 1', call('', 'f', num(1), [], [])],
      ["version '1'", call('', 'f', str('1'), [], [])],
      ['a namespace, a condition and arguments', call('llm', 'ask', num(2), [str('env')], [str('ada'), num(3), undef])],
      ['the same arguments in another order', call('llm', 'ask', num(2), [str('env')], [num(3), str('ada'), undef])],
      ['a large argument', call('', 'f', undef, [], [linkable, ref(linkable)])],
      [
        'so many arguments that their list is a link',
        call(
          '',
          'f',
          undef,
          [],
          Array.from({ length: 20 }, (_, i) => num(i)),
        ),
      ],
    ],
  ],
]
