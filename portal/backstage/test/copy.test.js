'use strict';
const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const test = require('node:test');
const { ConfigReader } = require('@backstage/config');
const { createCopyAction } = require('../src/copy');
const { createRulesetAction } = require('../src/ruleset');
const { readSettings } = require('../src/settings');
const { lastWord } = require('../src/run');
const { startGitHub } = require('./github');

const all = fs.mkdtempSync(path.join(os.tmpdir(), 'portal-'));
test.after(() => fs.rmSync(all, { recursive: true, force: true }));

/** A folder that is gone after the tests. */
const folder = () => fs.mkdtempSync(path.join(all, 'folder-'));

/** A template with one question, in git. */
function template() {
  const place = path.join(folder(), 'template.git');
  const git = (...args) => execFileSync('git', ['-C', place, '-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args]);
  fs.mkdirSync(place);
  fs.writeFileSync(path.join(place, 'copier.yml'), 'name: {type: str, default: x}\nproject_slug: {type: str, default: s}\n');
  git('init', '--quiet', '-b', 'main');
  git('add', '--all');
  git('commit', '--quiet', '-m', 'Template');
  return `file://${place}`;
}

/** A program that stands for Copier: what it was called with, or what it says before it fails. */
function standIn(script) {
  const program = path.join(folder(), 'copier');
  fs.writeFileSync(program, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return program;
}

async function outcome(action, input, workspacePath = folder()) {
  const outputs = {};
  const logger = { info() {} };
  const createTemporaryDirectory = async () => folder();
  const output = (name, value) => { outputs[name] = value; };
  await action.handler({ input, workspacePath, logger, createTemporaryDirectory, output });
  return outputs;
}

const copied = (settings, values = {}) =>
  outcome(createCopyAction({ ref: 'main', copier: 'copier', answers: {}, ...settings }), { values });

test('Copier is called without trust, with settings of nobody, and answers in a file', async () => {
  const seen = path.join(folder(), 'seen');
  const copier = standIn(`
    { printf '%s\\n' "$@"; cat "$COPIER_SETTINGS_PATH"; echo "secret: $PORTAL_SECRET"; } >${seen}
    for last; do :; done
    cp "$7" ${seen}.json
    printf '_commit: v1\\nproject_slug: it\\n' >"$last/.copier-answers.yml"`);
  process.env.PORTAL_SECRET = 'of the backend';

  const outputs = await copied({ template: template(), copier }, { name: '--trust; $(id) \u007f\u2028 é 🙂' });

  const lines = fs.readFileSync(seen, 'utf8').split('\n');
  assert.deepEqual(lines.slice(0, 6), ['copy', '--quiet', '--defaults', '--vcs-ref', 'main', '--data-file']);
  assert.equal(lines[7], '--');
  assert.deepEqual(lines.slice(10), ['{}secret: ', '']);
  assert.ok(!lines.includes('--trust'));
  const written = fs.readFileSync(`${seen}.json`, 'utf8');
  assert.equal(JSON.parse(written).name, '--trust; $(id) \u007f\u2028 é 🙂');
  assert.ok(written.includes('\\u007f\\u2028 é 🙂'), written);
  assert.deepEqual(outputs, { commit: 'v1', slug: 'it' });
});

test('what Copier says last is said, and nothing of its traceback', async () => {
  const copier = standIn(`printf 'Traceback (most recent call last):\\n  File "x"\\nValueError: Too long\\nby far\\n' >&2; exit 1`);

  await assert.rejects(copied({ template: template(), copier }), { name: 'InputError', message: 'not generated: Too long by far' });
});

test('a Copier that is not there is named', async () => {
  await assert.rejects(copied({ template: template(), copier: '/no/copier' }), /not generated: \/no\/copier is not installed/);
});

test('a template or a release that cannot be read is named', async () => {
  await assert.rejects(copied({ template: 'file:///no/template.git' }), /file:\/\/\/no\/template.git at main cannot be read: .*see pavedRoad/);
  await assert.rejects(copied({ template: template(), ref: 'v9.9.9' }), /at v9.9.9 cannot be read: fatal: .*v9.9.9/);
});

test('the last word of other programs is what they said last', () => {
  assert.equal(lastWord('one\ntwo\nthree\nfour\n'), 'two three four');
  assert.equal(lastWord('copier._user_data.InvalidError: what: is bad\n'), 'what: is bad');
});

const settings = paved => readSettings(new ConfigReader({ pavedRoad: paved }));

test('settings have a default for the program and for the answers', () => {
  const said = settings({ template: 'https://github.com/acme/paved-road.git', ref: 'v0.1.0' });

  assert.deepEqual([said.copier, said.answers], ['copier', {}]);
});

for (const bad of ['ext::sh -c id', '--upload-pack=id.git', '/a/folder', 'https://github.com/acme/paved-road', 'http://x/y.git']) {
  test(`${bad} is no place of a template`, () => {
    assert.throws(() => settings({ template: bad, ref: 'v1' }), /pavedRoad.template: .* is no git URL; write one that ends in/);
  });
}

for (const bad of ['--all', 'a..b', 'a b', '']) {
  test(`${JSON.stringify(bad)} is no release`, () => {
    assert.throws(() => settings({ template: 'https://x/y.git', ref: bad }), /pavedRoad.ref/);
  });
}

test('a ruleset that GitHub refuses is said with what to do', async () => {
  const { url, close } = await startGitHub(folder());
  const integrations = { github: [{ host: 'github.com', apiBaseUrl: url, token: 't' }] };
  const workspace = folder();
  fs.mkdirSync(path.join(workspace, '.github/rulesets'), { recursive: true });
  fs.writeFileSync(path.join(workspace, '.github/rulesets/main.json'), '{}');

  const refused = outcome(
    createRulesetAction(new ConfigReader({ integrations })), { repoUrl: 'github.com?owner=locked&repo=fraud' }, workspace,
  );

  await assert.rejects(refused, /locked\/fraud exists and is not protected: GitHub answered 403 Resource not accessible; import/);
  close();
});
