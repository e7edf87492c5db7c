import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { attempt, command, installed, type Outcome, repository } from './command.ts'
import type { Block } from './markdown.ts'

/** A program that a document shows: a block, with those before it that it continues. */
export interface Program {
  readonly block: Block
  readonly text: string
  /** Only type-checked: it needs a server, a key or a person to run. */
  readonly fragment: boolean
}

/** The programs in a document's blocks of TypeScript and JavaScript. */
export function programsOf(blocks: readonly Block[]): readonly Program[] {
  const programs: Program[] = []
  for (const block of blocks.filter(({ language }) => language === 'ts' || language === 'js')) {
    const before = block.marks.includes('continues') ? programs.at(-1)?.text : ''
    if (before === undefined) throw new Error(`${block.file}:${block.line}: there is no block to continue`)
    programs.push({ block, text: before + block.text, fragment: block.marks.includes('fragment') })
  }
  return programs
}

/** Programs as files inside the workspace, where the names of its packages resolve to what was built. */
export class CompiledPrograms {
  readonly #folder: string
  readonly #complaints: readonly string[]

  constructor(programs: readonly Program[]) {
    mkdirSync(join(repository, '.tmp'), { recursive: true })
    this.#folder = mkdtempSync(join(repository, '.tmp', 'documents-'))
    for (const [at, { block, text }] of programs.entries()) {
      writeFileSync(join(this.#folder, `${nameOf(at, text)}.m${block.language}`), `${text}\nexport {}\n`)
    }
    const compilerOptions = {
      composite: false,
      noEmit: false,
      emitDeclarationOnly: false,
      allowImportingTsExtensions: false,
      declaration: false,
      declarationMap: false,
      sourceMap: false,
      // These are our own rules, not those of the people who read documents.
      isolatedDeclarations: false,
      erasableSyntaxOnly: false,
      noPropertyAccessFromIndexSignature: false,
      allowJs: true,
      customConditions: [],
      rootDir: '.',
      outDir: 'out',
    }
    writeFileSync(
      join(this.#folder, 'tsconfig.json'),
      JSON.stringify({ extends: '../../tsconfig.base.json', compilerOptions, include: ['*.mts', '*.mjs'] }),
    )
    this.#complaints = attempt(installed('tsc'), ['-p', this.#folder, '--pretty', 'false'])
      .stdout.split('\n')
      .filter(line => line.includes('error TS'))
    // Without one of its own, vitest would take the configuration of the repository.
    writeFileSync(join(this.#folder, 'vitest.config.mjs'), 'export default {}\n')
  }

  /** What the compiler says of a program; nothing, if it is right. Lines count from the beginning of the program. */
  complaintsOf(at: number): readonly string[] {
    return this.#complaints.filter(line => new RegExp(`(^|[/\\\\])${at}(\\.test)?\\.m[jt]s\\(`).test(line))
  }

  /** What the compiler says of no program in particular. */
  get complaints(): readonly string[] {
    return this.#complaints.filter(line => !/(^|[/\\])\d+(\.test)?\.m[jt]s\(/.test(line))
  }

  /** Removes the files. */
  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }

  /** Runs a program in an empty project of its own: with Node, or with vitest where it is a test. */
  run(at: number, text: string): Outcome {
    const folder = join(this.#folder, 'out')
    const file = `${nameOf(at, text)}.mjs`
    if (!existsSync(join(folder, file))) throw new Error(`program ${at} was not compiled`)
    const cwd = mkdtempSync(join(tmpdir(), 'riposte-document-'))
    // A project, so that a default cache is kept here and goes with it.
    writeFileSync(join(cwd, 'package.json'), '{}')
    const options = { cwd, timeout: 60_000 }
    try {
      return isTest(text)
        ? attempt(installed('vitest'), ['run', '--root', this.#folder, `out/${file}`], options)
        : attempt(process.execPath, [join(folder, file)], options)
    } finally {
      rmSync(cwd, { recursive: true, force: true })
    }
  }
}

const isTest = (text: string) => /from 'vitest'/.test(text)
const nameOf = (at: number, text: string) => (isTest(text) ? `${at}.test` : `${at}`)

/** The lines that a program says it prints: its comments `// prints: …`, in order. `undefined` if it says nothing. */
export function printedBy(text: string): readonly string[] | undefined {
  const lines = [...text.matchAll(/\/\/ prints: ?(.*)$/gm)].map(match => match[1] ?? '')
  return lines.length === 0 ? undefined : lines
}

/** Whether an output line is as promised, where `…` stands for any text. */
export function printsAs(promised: string, line: string): boolean {
  const parts = promised.split('…').map(part => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`).test(line)
}

/** Checks one line of a block of shell commands; throws if it cannot do what the document says. */
export function checkCommand(
  line: string,
  known: { scripts: readonly string[]; packages: readonly string[]; pnpm: string },
): void {
  const words = line
    .replace(/^\$ /, '')
    .replace(/\s+#.*$/, '')
    .trim()
    .split(/\s+/)
  const [program = '', first = '', ...rest] = words
  const must = (fact: boolean, what: string) => {
    if (!fact) throw new Error(`${what}: ${line}`)
  }
  if (program === 'npm' && ['install', 'i', 'add'].includes(first)) {
    const names = rest.filter(word => !word.startsWith('-')).map(word => word.replace(/(?<=.)@.*$/, ''))
    for (const name of names)
      must(known.packages.includes(name), `${name} is no package of this workspace or of its users`)
  } else if (program === 'npm' && ['run', 'test', 't', 'start'].includes(first)) {
    const script = first === 'run' ? (rest[0] ?? '') : first
    must(known.scripts.includes(script), `there is no script '${script}'`)
  } else if (program === 'npx' && rest.concat(first).some(word => word.startsWith('pnpm@'))) {
    must(words.includes(known.pnpm), `the workspace pins ${known.pnpm}`)
  } else if (program === 'node' || program === 'python3') {
    must(existsSync(join(repository, first)), 'there is no such file')
    command(program, [first, ...rest])
  } else if (program.startsWith('.') || program.includes('/')) {
    must(existsSync(join(repository, program)), 'there is no such file')
    must(readFileSync(join(repository, program), 'utf8').startsWith('#!'), 'it is not a program')
  } else {
    must(['git', 'cd'].includes(program), `the documents test does not know how to check '${program}'`)
  }
}
