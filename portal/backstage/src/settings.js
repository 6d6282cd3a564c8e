'use strict';

/**
 * What the organisation decided in `app-config.yaml`.
 * @typedef {{template: string, ref: string, copier: string, answers: Record<string, unknown>}} Settings
 */

const TEMPLATE = /^(?:(?:https|ssh|file):\/\/|git@)[^\s\x00-\x1f]+\.git$/;
const REF = /^[A-Za-z0-9](?:[A-Za-z0-9_\/-]|\.(?!\.)){0,199}$/;

/**
 * Read them, and refuse at start-up what could not work later.
 * @param {import('@backstage/backend-plugin-api').RootConfigService} config
 * @returns {Settings}
 */
function readSettings(config) {
  const here = config.getConfig('pavedRoad');
  const template = here.getString('template');
  const ref = here.getString('ref');
  if (!TEMPLATE.test(template)) {
    throw new Error(`pavedRoad.template: ${template} is no git URL; write one that ends in .git, with https, ssh or file`);
  }
  if (!REF.test(ref)) {
    throw new Error(`pavedRoad.ref: ${ref} names no release; write a tag such as v0.1.0, a branch or a commit`);
  }
  const answers = /** @type {Record<string, unknown>} */ (here.getOptional('answers') ?? {});
  return { template, ref, copier: here.getOptionalString('copier') ?? 'copier', answers };
}

module.exports = { readSettings };
