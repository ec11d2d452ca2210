import { expect, inject, test } from 'vitest'

test('greets', async () => {
  const response = await fetch(inject('devlaunchUrl'))
  expect(await response.text()).toBe('the shop\n')
})
