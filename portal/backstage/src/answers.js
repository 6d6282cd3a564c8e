'use strict';
const { InputError } = require('@backstage/errors');

/**
 * A question of copier.yml, as far as it matters here.
 * @typedef {{ask?: boolean, when?: boolean | string, default?: unknown}} Question
 * @typedef {Record<string, unknown>} Answers
 */

const TEAM = /^(group|user):(?:[a-z0-9-]+\/)?([A-Za-z0-9][A-Za-z0-9._-]{0,99})$/i;
const ONE = /^\{\{\s*(\w+)\s*(?:==\s*'([^']*)'\s*|in\s*\[([^\]]*)\]\s*)?\}\}$/;

/**
 * The questions of a template: what does not start with an underscore.
 * @param {Record<string, unknown>} config copier.yml
 * @returns {Record<string, Question>}
 */
function questionsOf(config) {
  const named = Object.entries(config).filter(([name]) => !name.startsWith('_'));
  const full = named.map(([name, body]) => [name, body !== null && typeof body === 'object' ? body : { default: body }]);
  return Object.fromEntries(full);
}

/**
 * Whether a question is put to people who gave these answers. One condition on one other answer is understood, as in
 * the form; of any other, no value is taken, and Copier computes the answer.
 * @param {Question} question
 * @param {Answers} given
 * @returns {boolean}
 */
function isAsked(question, given) {
  if (question.ask === false || question.when === false) return false;
  if (typeof question.when !== 'string') return true;
  const [, name, value, list] = ONE.exec(question.when.trim()) ?? [];
  if (name === undefined) return false;
  if (value === undefined && list === undefined) return given[name] === true;
  const values = value === undefined ? list.split(',').map(each => each.trim().replace(/^'(.*)'$/, '$1')) : [value];
  return values.includes(String(given[name]));
}

/**
 * What Copier is told: the organisation's answers, then those of the form that it asks for; and what was left out.
 * @param {Record<string, Question>} questions
 * @param {Answers} organisation
 * @param {Answers} form
 * @returns {{answers: Answers, dropped: string[]}}
 */
function chosen(questions, organisation, form) {
  for (const name of Object.keys(organisation)) {
    if (!Object.hasOwn(questions, name) || questions[name].when === false) {
      throw new Error(`pavedRoad.answers: the template asks for no ${name}; take it out of app-config.yaml`);
    }
  }
  const defaults = Object.entries(questions).map(([name, question]) => [name, question.default]);
  const given = { ...Object.fromEntries(defaults), ...organisation, ...form };
  const answers = { ...organisation };
  const dropped = [];
  for (const [name, value] of Object.entries(form)) {
    if (!Object.hasOwn(questions, name) || !isAsked(questions[name], given)) dropped.push(name);
    else if (value !== undefined && value !== null && value !== '') answers[name] = scalar(name, value);
  }
  return { answers, dropped };
}

/**
 * @param {string} name
 * @param {unknown} value
 */
function scalar(name, value) {
  if (['string', 'boolean', 'number'].includes(typeof value)) return value;
  throw new InputError(`${name}: a list or a mapping; answer with one value`);
}

/**
 * GitHub's handles of the catalog's owners, by the role that each holds; roles without one are left out.
 * @param {Record<string, string | undefined>} owners references such as group:default/night-watch, by role
 * @param {unknown} organization
 * @returns {Record<string, string>}
 */
function teams(owners, organization) {
  const named = Object.entries(owners).filter(([, owner]) => owner);
  return Object.fromEntries(named.map(([role, owner]) => {
    const [, kind, name] = TEAM.exec(String(owner)) ?? [];
    if (name === undefined) {
      throw new InputError(`owner of ${role}: ${owner} is no team of the catalog; pick one such as group:default/fraud`);
    }
    return [role, kind.toLowerCase() === 'user' ? `@${name}` : `@${organization}/${name}`];
  }));
}

module.exports = { chosen, isAsked, questionsOf, teams };
