'use strict';
const assert = require('node:assert/strict');
const test = require('node:test');
const { chosen, questionsOf, teams } = require('../src/answers');

const QUESTIONS = questionsOf({
  _subdirectory: 'template',
  name: { type: 'str', default: 'Fraud' },
  cloud: { type: 'str', default: 'none' },
  gpu: { type: 'bool', default: false },
  region: { type: 'str', when: "{{ cloud in ['aws', 'gcp'] }}" },
  account: { type: 'str', when: "{{ cloud == 'aws' }}" },
  nodes: { type: 'int', when: '{{ gpu }}' },
  odd: { type: 'str', when: "{{ cloud == 'aws' and gpu }}" },
  registry: { type: 'str', ask: false, default: 'ghcr.io' },
  has_cloud: { type: 'bool', when: false, default: true },
});

const taken = form => chosen(QUESTIONS, {}, form).answers;

test('only what the template asks for is taken', () => {
  const form = { name: 'x', registry: 'evil', has_cloud: false, _subdirectory: '/', constructor: 'x', other: 1 };

  const { answers, dropped } = chosen(QUESTIONS, {}, form);

  assert.deepEqual(answers, { name: 'x' });
  assert.deepEqual(dropped, ['registry', 'has_cloud', '_subdirectory', 'constructor', 'other']);
});

test('an answer is taken only where the answers before it ask for it', () => {
  const all = { region: 'r', account: 'a', nodes: 2 };

  assert.deepEqual(taken({ ...all, cloud: 'none', gpu: false }), { cloud: 'none', gpu: false });
  assert.deepEqual(taken({ ...all, cloud: 'gcp', gpu: false }), { cloud: 'gcp', gpu: false, region: 'r' });
  assert.deepEqual(taken({ ...all, cloud: 'aws', gpu: true }), { ...all, cloud: 'aws', gpu: true });
});

test('what is hidden by defaults is hidden too', () => assert.deepEqual(taken({ region: 'r', nodes: 2 }), {}));

test('a condition that the form cannot follow lets nothing through', () => {
  assert.deepEqual(taken({ cloud: 'aws', gpu: true, odd: 'x' }), { cloud: 'aws', gpu: true });
});

test('an empty answer is left to Copier', () => assert.deepEqual(taken({ name: '', cloud: null }), {}));

test("the organisation may answer what is not asked, and people's answers come first", () => {
  const organisation = { registry: 'images.acme.example', cloud: 'aws' };

  assert.deepEqual(chosen(QUESTIONS, organisation, { cloud: 'gcp' }).answers, { ...organisation, cloud: 'gcp' });
  assert.deepEqual(chosen(QUESTIONS, organisation, { account: 'a' }).answers, { ...organisation, account: 'a' });
});

test('an answer of the organisation that there is no question for is named', () => {
  assert.throws(() => chosen(QUESTIONS, { regsitry: 'x' }, {}), /pavedRoad.answers: the template asks for no regsitry/);
  assert.throws(() => chosen(QUESTIONS, { has_cloud: false }, {}), /asks for no has_cloud/);
});

test('a list or a mapping is no answer', () => {
  assert.throws(() => taken({ name: { toString: 'x' } }), /name: a list or a mapping; answer with one value/);
});

test('owners in the catalog become handles on GitHub', () => {
  const owners = { a: 'group:default/night-watch', b: 'user:grace', c: undefined, d: '', e: 'Group:ops' };

  assert.deepEqual(teams(owners, 'acme'), { a: '@acme/night-watch', b: '@grace', e: '@acme/ops' });
});

for (const owner of ['night-watch', 'component:default/x', 'group:default/../x', 'group:default/x\n', 'group:--trust']) {
  test(`${JSON.stringify(owner)} is no owner`, () => {
    assert.throws(() => teams({ 'mlops-engineer': owner }, 'acme'), /owner of mlops-engineer: .* is no team of the catalog/s);
  });
}
