export default {
  testMatch: ['**/*.test.js'],
  transform: {}, // the tests are ECMAScript modules, and stay such
}
