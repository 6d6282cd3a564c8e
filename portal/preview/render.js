'use strict';
// Reads the parameters of a software template as JSON, and writes a page with all steps of its form, one after the other.
const fs = require('node:fs');
const { createElement: element } = require('react');
const { renderToStaticMarkup } = require('react-dom/server');
const Form = require('@rjsf/core').default;
const validator = require('@rjsf/validator-ajv8').default;

const STYLE = fs.readFileSync(`${__dirname}/style.css`, 'utf8');
const PICKED = { OwnerPicker: 'picked from the catalog', RepoOwnerPicker: 'picked from your organisations on GitHub' };

/** What Backstage does with a step: keys that start with `ui:` say how a field looks, the others what it holds. */
function parted(schema) {
  const held = {};
  const looks = {};
  for (const [key, value] of Object.entries(schema)) {
    if (key.startsWith('ui:')) looks[key] = value;
    else if (key !== 'properties') held[key] = value;
  }
  if (!schema.properties) return [held, looks];
  const fields = Object.entries(schema.properties).map(([name, field]) => [name, parted(field)]);
  held.properties = Object.fromEntries(fields.map(([name, [inner]]) => [name, inner]));
  return [held, { ...looks, ...Object.fromEntries(fields.map(([name, [, outer]]) => [name, outer])) }];
}

/** A picker needs a Backstage behind it: here a text field stands for it, and says so. */
function withoutPickers(uiSchema) {
  const fields = Object.entries(uiSchema).map(([name, looks]) => {
    const { 'ui:field': picker, 'ui:options': _, ...rest } = looks;
    return [name, picker ? { ...rest, 'ui:placeholder': PICKED[picker] } : rest];
  });
  return Object.fromEntries(fields);
}

function step(parameters, number) {
  const [{ title, ...schema }, uiSchema] = parted(parameters);
  const form = element(Form, { schema, uiSchema: { ...withoutPickers(uiSchema), 'ui:submitButtonOptions': { norender: true } },
    validator, idPrefix: `step${number}`, tagName: 'div' });
  return element('section', { key: title }, element('h2', null, `${number + 1}. ${title}`), form);
}

const pages = JSON.parse(fs.readFileSync(0, 'utf8'));
const body = element('body', null, element('header', null, element('h1', null, 'A machine-learning repository')),
  element('main', null, pages.map(step)));
const head = element('head', null, element('meta', { charSet: 'utf-8' }),
  element('meta', { name: 'viewport', content: 'width=device-width' }), element('title', null, 'The form'),
  element('style', { dangerouslySetInnerHTML: { __html: STYLE } }));
process.stdout.write(`<!doctype html>${renderToStaticMarkup(element('html', { lang: 'en' }, head, body))}\n`);
