import { expect, test } from 'vitest'
import { variables } from '../src/variables.ts'

const url = (port: number) => `http://127.0.0.1:${port}`

test('the first server is the one without a name', () => {
  expect(variables([{ name: 'flask', url: url(5001) }])).toEqual({
    DEVLAUNCH_URL: 'http://127.0.0.1:5001',
    DEVLAUNCH_PORT: '5001',
    DEVLAUNCH_HOST: '127.0.0.1',
    DEVLAUNCH_FLASK_URL: 'http://127.0.0.1:5001',
    DEVLAUNCH_FLASK_PORT: '5001',
    DEVLAUNCH_FLASK_HOST: '127.0.0.1',
  })
})

test.for([
  [['http', 'http', 'http'], 'HTTP HTTP_2 HTTP_3'],
  [['order-service', 'shop.api', 'café'], 'ORDER_SERVICE SHOP_API CAF_'],
  [['api-1', 'api.1', 'api_1_2'], 'API_1 API_1_2 API_1_2_2'],
] as const)('%j: %s', ([names, words]) => {
  const told = variables(names.map((name, index) => ({ name, url: url(8000 + index) })))
  const prefixes = Object.keys(told).flatMap((name) => /^DEVLAUNCH_(\w+)_URL$/.exec(name)?.[1] ?? [])
  expect(prefixes.join(' ')).toBe(words)
  expect(told.DEVLAUNCH_PORT).toBe('8000')
})

test('an address of IPv6, and a port that a URL leaves out', () => {
  const told = variables([
    { name: 'a', url: 'http://[::1]:8000' },
    { name: 'b', url: 'http://127.0.0.1:80' },
  ])
  expect(told).toMatchObject({
    DEVLAUNCH_A_HOST: '::1',
    DEVLAUNCH_A_URL: 'http://[::1]:8000',
    DEVLAUNCH_B_PORT: '80',
  })
})
