/** Opens a page in a Chromium without a window, and waits for what it hands in. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

const FLAGS = [
  '--headless',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-quic',
  '--disable-sync',
  '--no-first-run',
  // As root it has no sandbox to start in.
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
]

/** Pages that share memory among threads must be apart from others. */
const HEADERS = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' }

export interface Page {
  /** Each module's text by its name. The page runs `page.js`. */
  readonly modules: Readonly<Record<string, string>>
  /** What else it may fetch, by path. */
  readonly files: Readonly<Record<string, string>>
}

/**
 * What the page posts to `/report`.
 *
 * @throws if there is no Chromium, or nothing was handed in within two minutes
 */
export async function reportOf({ modules, files }: Page): Promise<string> {
  const program = findChromium()
  const profile = mkdtempSync(join(tmpdir(), 'riposte-chromium-'))
  const server = serve({
    '/': ['text/html', '<!doctype html><meta charset="utf-8"><script type="module" src="/page.js"></script>'],
    ...Object.fromEntries(Object.entries(modules).map(([name, body]) => [`/${name}`, ['text/javascript', body]])),
    ...Object.fromEntries(Object.entries(files).map(([path, body]) => [path, ['application/json', body]])),
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  // A server that listens on a port has such an address.
  const { port } = server.address() as AddressInfo
  const browser = spawn(program, [...FLAGS, `--user-data-dir=${profile}`, `http://127.0.0.1:${port}/`], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  try {
    return await Promise.race([reportTo(server), failureOf(browser), silence(120_000)])
  } finally {
    await end(browser)
    server.closeAllConnections()
    server.close()
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 })
  }
}

function findChromium(): string {
  const names = process.env['CHROMIUM'] ? [process.env['CHROMIUM']] : ['chromium', 'chromium-browser', 'google-chrome']
  const found = names.find(name => spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0)
  if (found !== undefined) return found
  throw new Error(
    `this suite needs Chromium, and there is no ${names.join(', ')} here. Install it, on Debian with
    apt-get update && apt-get install -y --no-install-recommends chromium
or set CHROMIUM to the path of one.`,
  )
}

/** Emits `report` with what is posted. */
function serve(files: Readonly<Record<string, readonly string[]>>): Server {
  const server = createServer((request, response) => {
    if (request.url === '/report') {
      text(request).then(report => {
        response.writeHead(204, HEADERS).end()
        server.emit('report', report)
      }, console.error)
      return
    }
    const [type = '', body] = files[request.url ?? ''] ?? []
    if (body === undefined) response.writeHead(404, HEADERS).end()
    else response.writeHead(200, { ...HEADERS, 'Content-Type': type }).end(body)
  })
  return server
}

async function reportTo(server: Server): Promise<string> {
  const [report] = await once(server, 'report')
  return report
}

async function failureOf(browser: ChildProcess): Promise<never> {
  let said = ''
  browser.stderr?.setEncoding('utf8').on('data', (part: string) => {
    said = (said + part).slice(-4000)
  })
  const [code] = await once(browser, 'exit')
  throw new Error(`Chromium ended with ${code} before the page was done\n${said}`)
}

function silence(ms: number): Promise<never> {
  return new Promise((_resolve, reject) => {
    setTimeout(() => reject(new Error(`the page handed in nothing within ${ms / 1000} s`)), ms).unref()
  })
}

async function end(browser: ChildProcess): Promise<void> {
  if (browser.pid === undefined || browser.exitCode !== null || browser.signalCode !== null) return
  const ended = once(browser, 'exit')
  // Asked to end it ends its own processes first; killed it leaves them to find out.
  browser.kill('SIGTERM')
  const kill = setTimeout(() => browser.kill('SIGKILL'), 10_000)
  await ended
  clearTimeout(kill)
}
