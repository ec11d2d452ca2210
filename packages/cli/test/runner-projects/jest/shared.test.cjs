const { expect, test } = require('@jest/globals')

test('greets', async () => {
  const response = await fetch(`${process.env.DEVLAUNCH_URL}`)
  expect(await response.text()).toBe('the shop\n')
})
