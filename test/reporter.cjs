// Mocha's usual output, and beside it the counts as JSON in the file that TERRARIUM_TEST_RESULTS
// names: run.mjs adds them up. It is written anew after every test, so that a run which is cut off has
// said what failed; at the end of a run it says that it is done.
// CommonJS, because Mocha loads it by path inside VS Code's extension host too.

/* global process */
const { writeFileSync } = require('node:fs');
const Mocha = require('mocha');

/**
 * @typedef {object} Results
 * @property {number} passed
 * @property {{ title: string, message: string }[]} failed
 * @property {{ title: string, reason: string }[]} skipped
 * @property {boolean} done
 */

/**
 * The reason that skipBecause (skip.ts) left on the test or, for a hook, on a suite above it.
 * @param {any} test
 * @returns {string}
 */
function skipReason(test) {
  for (let node = test; node; node = node.parent) if (node.skipReason) return node.skipReason;
  return 'no reason given';
}

module.exports = class extends Mocha.reporters.Spec {
  /**
   * @param {Mocha.Runner} runner
   * @param {Mocha.MochaOptions} options
   */
  constructor(runner, options) {
    super(runner, options);
    const {
      EVENT_TEST_PASS,
      EVENT_TEST_FAIL,
      EVENT_TEST_PENDING,
      EVENT_TEST_BEGIN,
      EVENT_RUN_END,
    } = Mocha.Runner.constants;
    const file = process.env.TERRARIUM_TEST_RESULTS;
    /** @type {Results} */
    const results = { passed: 0, failed: [], skipped: [], done: false };
    /** @type {[any, unknown][]} */
    const failed = [];
    runner.on(EVENT_TEST_PASS, () => results.passed++);
    runner.on(EVENT_TEST_FAIL, (test, error) => failed.push([test, error]));
    runner.on(EVENT_TEST_PENDING, (test) => {
      results.skipped.push({ title: test.fullTitle(), reason: skipReason(test) });
    });
    const write = () => {
      // Now: an afterEach may have added to an error what there was to see.
      results.failed = failed.map(([test, error]) => ({
        title: test.fullTitle(),
        message: withCauses(error),
      }));
      if (file) writeFileSync(file, JSON.stringify(results));
    };
    runner.on(EVENT_TEST_BEGIN, write);
    runner.once(EVENT_RUN_END, () => {
      results.done = true;
      write();
    });
  }
};

/**
 * Its stack and those of what caused it: a property that fails says why in its cause.
 * @param {unknown} error
 * @returns {string}
 */
function withCauses(error) {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `\nCaused by: ${withCauses(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}
