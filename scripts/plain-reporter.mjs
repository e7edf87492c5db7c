// A vitest reporter that closes a run with one plain line: "12 passed, 0 failed, 1 skipped".
// A run in which no test was executed fails.
export default class PlainReporter {
  onTestRunEnd(modules, unhandledErrors) {
    const count = { passed: 0, failed: 0, skipped: 0, pending: 0 }
    for (const module of modules) {
      let own = 0
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        count[state] += 1
        if (state === 'failed') own += 1
      }
      // A file that failed outside its tests (an import error, a hook) is a failure too.
      if (own === 0 && module.state() === 'failed') count.failed += 1
    }
    count.failed += unhandledErrors.length
    if (count.passed + count.failed === 0) process.exitCode = 1
    // Printed last of all, after the default reporter's own summary.
    process.once('exit', () => {
      const skipped = count.skipped + count.pending
      process.stdout.write(`\n${count.passed} passed, ${count.failed} failed${skipped ? `, ${skipped} skipped` : ''}\n`)
    })
  }
}
