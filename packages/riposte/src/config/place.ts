/** A place in a configuration, for messages: the file, and the path of a key in it. */
export interface Place {
  readonly file: string
  readonly path: string
}

/** A key below a place. */
export function below({ file, path }: Place, key: string | number): Place {
  if (typeof key === 'number') return { file, path: `${path}[${key}]` }
  const name = /^[\w$-]+$/.test(key) ? key : JSON.stringify(key)
  return { file, path: path === '' ? name : `${path}.${name}` }
}

/** The file that each mistake was told of. */
const filesOfMistakes = new WeakMap<object, string>()

/** A mistake, told with its place. */
export function mistake({ file, path }: Place, message: string, cause?: unknown): TypeError {
  const told = new TypeError(
    `${file}: ${path === '' ? '' : `${path}: `}${message}`,
    cause === undefined ? {} : { cause },
  )
  filesOfMistakes.set(told, file)
  return told
}

/** Whether an error is a mistake in this file, which has been told already. */
export function isMistakeIn(file: string, error: unknown): boolean {
  return error instanceof TypeError && filesOfMistakes.get(error) === file
}

/** A mistake that says what was expected and what came. */
export function mismatch(place: Place, expected: string, value: unknown): TypeError {
  return mistake(place, `expected ${expected}; got ${shown(value)}`)
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value)
  if (typeof value === 'function') return 'a function'
  if (value instanceof Promise) return 'a promise'
  return typeof value === 'object' ? 'an object' : String(value)
}
