/** Strings that one engine or another takes for something else, or for each other. */
export const ODD_NAMES: readonly string[] = [
  ' ',
  '.',
  '..',
  '../x',
  '/etc/x',
  'C:\\x',
  'a\0b',
  'a\0c',
  'a\nb',
  "x'; DROP TABLE refs; --",
  '%',
  '_',
  '*',
  '?',
  '__proto__',
  'constructor',
  'toString',
  'CON',
  'name.',
  'x'.repeat(300),
  `${'x'.repeat(299)}y`,
  '😀',
  'é', // composed
  'e\u0301', // the same letter, not composed: another name
  'É',
]

/** Not well-formed Unicode, and what it is replaced by where that is not allowed. */
export const ILL_FORMED_NAMES: readonly string[] = ['\ud800', '\udc00', '\ufffd', 'a\udfff']
