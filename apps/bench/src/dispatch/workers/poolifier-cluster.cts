// CommonJS: node:cluster drops what the primary sends while an ES module is still loading, and poolifier then waits for ever.
/* oxlint-disable typescript/no-require-imports, unicorn/prefer-module */
const { ClusterWorker } = require('poolifier') as typeof import('poolifier', { with: { 'resolution-mode': 'import' } });
const tasks = require('../tasks.js') as object;

module.exports = new ClusterWorker({ ...tasks });
