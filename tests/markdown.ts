import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { repository } from './command.ts'

/** A fenced block of a document. */
export interface Block {
  /** The document, relative to the repository. */
  readonly file: string
  /** The line its text begins on, from 1. */
  readonly line: number
  readonly language: string
  /** Words after the language: `fragment`, `continues`. */
  readonly marks: readonly string[]
  readonly text: string
}

export interface MarkdownDocument {
  readonly file: string
  readonly text: string
  readonly blocks: readonly Block[]
}

/** Every document of the repository that people read. */
export function documents(): readonly MarkdownDocument[] {
  return [...markdownIn('.'), ...['docs', 'spec', 'bench', 'packages', 'examples'].flatMap(markdownBelow)]
    .sort()
    .map(file => {
      const text = readFileSync(join(repository, file), 'utf8')
      return { file, text, blocks: blocksOf(file, text) }
    })
}

function markdownIn(folder: string): readonly string[] {
  return readdirSync(join(repository, folder))
    .filter(name => name.endsWith('.md'))
    .map(name => join(folder, name))
}

function markdownBelow(folder: string): readonly string[] {
  if (!existsSync(join(repository, folder))) return []
  const folders = readdirSync(join(repository, folder), { withFileTypes: true })
    .filter(entry => entry.isDirectory() && !['node_modules', 'dist', 'src', 'test'].includes(entry.name))
    .map(entry => join(folder, entry.name))
  return [...markdownIn(folder), ...folders.flatMap(markdownBelow)]
}

function blocksOf(file: string, text: string): readonly Block[] {
  const blocks: Block[] = []
  let open: { fence: string; line: number; info: readonly string[]; lines: string[] } | undefined
  for (const [at, line] of text.split('\n').entries()) {
    const fence = /^(`{3,}|~{3,})(.*)$/.exec(line)
    if (open) {
      if (line.trimEnd() === open.fence) {
        const [language = '', ...marks] = open.info
        blocks.push({ file, line: open.line, language, marks, text: `${open.lines.join('\n')}\n` })
        open = undefined
      } else open.lines.push(line)
    } else if (fence) {
      open = {
        fence: fence[1] ?? '',
        line: at + 2,
        info: (fence[2] ?? '').trim().split(/\s+/).filter(Boolean),
        lines: [],
      }
    }
  }
  if (open) throw new Error(`${file}:${open.line}: a fenced block is not closed`)
  return blocks
}

/** The relative links of a document, code left out: each with the file and the heading that it points to. */
export function linksOf(
  document: MarkdownDocument,
): readonly { readonly path: string; readonly anchor: string | undefined }[] {
  const prose = withoutCode(document)
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(match => match[1] ?? '')
    .filter(target => !/^[a-z]+:/.test(target))
    .map(target => ({ path: target.split('#')[0] ?? '', anchor: target.split('#')[1] }))
}

/** The anchors that a document's headings have where it is shown. */
export function anchorsOf(document: MarkdownDocument): readonly string[] {
  return [...withoutCode(document).matchAll(/^#+ +(.+)$/gm)].map(match =>
    (match[1] ?? '')
      .toLowerCase()
      .replace(/[^\p{Letter}\p{Number}\s_-]/gu, '')
      .trim()
      .replaceAll(' ', '-'),
  )
}

function withoutCode({ text, blocks }: MarkdownDocument): string {
  return blocks
    .reduce((prose, block) => prose.replace(block.text, ''), text)
    .replace(/`[^`\n]*`/g, code => code.replace(/[[\]]/g, ''))
}
