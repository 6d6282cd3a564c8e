'use strict';
const { execFile } = require('node:child_process');
const { promisify } = require('node:util');

// What git and Copier need to find their way; the backend's own secrets are not among it.
const KEPT = /^(?:PATH|HOME|LANG|LC_\w+|TMPDIR|SSH_AUTH_SOCK|GIT_\w+|https?_proxy|no_proxy|SSL_CERT_\w+)$/i;
const MINUTES = 5;

/** A program that ended badly, and what it said last. */
class Failed extends Error {}

/**
 * Run a program, never through a shell.
 * @param {string} program
 * @param {string[]} args
 * @param {{env?: Record<string, string>, signal?: AbortSignal}} [options]
 * @returns {Promise<string>} what it printed
 */
async function run(program, args, { env = {}, signal } = {}) {
  const inherited = Object.entries(process.env).filter(([name]) => KEPT.test(name));
  try {
    const { stdout } = await promisify(execFile)(program, args, {
      env: { ...Object.fromEntries(inherited), GIT_TERMINAL_PROMPT: '0', ...env },
      signal,
      timeout: MINUTES * 60_000,
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout;
  } catch (error) {
    throw new Failed(reason(program, /** @type {any} */ (error)));
  }
}

/**
 * @param {string} program
 * @param {{code?: string | number, killed?: boolean, stderr?: string, message: string}} error
 * @returns {string}
 */
function reason(program, error) {
  if (error.code === 'ENOENT') return `${program} is not installed where the backend runs`;
  if (error.code === 'ABORT_ERR') return 'cancelled';
  if (error.killed) return `${program} was stopped after ${MINUTES} minutes`;
  return lastWord(error.stderr ?? '') || error.message;
}

/**
 * The message of what a program said on stderr: of a Python traceback, its last paragraph without the exception's name.
 * @param {string} stderr
 * @returns {string}
 */
function lastWord(stderr) {
  const lines = stderr.trimEnd().split('\n');
  const raised = lines.findLastIndex(line => /^(?:\w+\.)*\w*(?:Error|Exception|Interrupt)\b/.test(line));
  const said = raised === -1 ? lines.slice(-3) : lines.slice(raised);
  return said.join(' ').replace(/^(?:\w+\.)*\w*(?:Error|Exception|Interrupt): /, '').trim();
}

module.exports = { Failed, lastWord, run };
