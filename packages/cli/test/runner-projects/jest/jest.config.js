export default {
  testMatch: ['**/*products.test.js'],
  transform: {}, // the tests are ECMAScript modules, and stay such
}
