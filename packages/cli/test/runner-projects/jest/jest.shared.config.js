export default {
  globalSetup: './start-shop.js',
  globalTeardown: './stop-shop.js',
  testMatch: ['**/shared.test.cjs'],
}
