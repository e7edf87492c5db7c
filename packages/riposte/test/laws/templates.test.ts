import { createCache, filtered } from '@riposte/core'
import { describe, expect, test } from 'vitest'
import { fillWithCalls, matchesOf, TEMPLATES } from '../../../core/test/support/templates.ts'
import { STORES, withStore } from './stores.ts'

describe.each(STORES)('templates in %s', (_name, open) => {
  test('every template of the table matches the same calls', () =>
    withStore(open, async store => {
      const cache = createCache(store, { inlineBelow: 1000 })
      const letters = await fillWithCalls(cache)
      for (const [rule, asked, matches] of TEMPLATES)
        expect([rule, await matchesOf(cache, asked, letters)]).toEqual([rule, matches])
    }))

  test('a view by every template of the table shows the same calls', () =>
    withStore(open, async store => {
      const letters = await fillWithCalls(createCache(store, { inlineBelow: 1000 }))
      for (const [rule, asked, matches] of TEMPLATES) {
        const view = createCache(filtered(store, asked))
        expect([rule, await matchesOf(view, {}, letters)]).toEqual([rule, matches])
      }
    }))
})
