'use strict';
const fs = require('node:fs/promises');
const path = require('node:path');
const { InputError } = require('@backstage/errors');
const { createTemplateAction } = require('@backstage/plugin-scaffolder-node');
const yaml = require('yaml');
const { chosen, questionsOf, teams } = require('./answers');
const { Failed, run } = require('./run');

// Characters that JSON lets stand as they are, and YAML does not.
const UNWRITTEN = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

/**
 * An action that renders the organisation's template into the workspace, as the command line would.
 * @param {import('./settings').Settings} settings
 */
function createCopyAction(settings) {
  return createTemplateAction({
    id: 'copier:copy',
    description: 'Generates a repository with Copier, from the template that app-config.yaml names.',
    supportsDryRun: true,
    schema: {
      input: {
        values: z => z.record(z.unknown()).describe('What the form says; only what the template asks for is used'),
        teams: z => z.record(z.string().optional()).optional()
          .describe('Owners in the catalog, by the role of raci.yml that each holds'),
      },
      output: {
        commit: z => z.string().describe('The version of the template that was rendered'),
        slug: z => z.string().describe('The name of the new repository'),
      },
    },
    async handler(ctx) {
      const scratch = await ctx.createTemporaryDirectory();
      const { signal } = ctx;
      const questions = await questionsAt(settings, scratch, signal);
      const { answers, dropped } = chosen(questions, settings.answers, ctx.input.values);
      if (dropped.length) ctx.logger.info(`Not asked by the template, so not used: ${dropped.sort().join(', ')}`);
      const held = teams(ctx.input.teams ?? {}, answers.organization ?? questions.organization?.default);
      if (Object.keys(held).length) answers.role_teams = { ...Object(answers.role_teams), ...held };
      await render(settings, answers, { scratch, target: ctx.workspacePath, signal });
      const recorded = yaml.parse(await fs.readFile(path.join(ctx.workspacePath, '.copier-answers.yml'), 'utf8'));
      ctx.logger.info(`Generated ${recorded.project_slug} from ${settings.template} at ${recorded._commit}`);
      ctx.output('commit', recorded._commit);
      ctx.output('slug', recorded.project_slug);
    },
  });
}

/**
 * The questions of the very version that will be rendered.
 * @param {import('./settings').Settings} settings
 * @param {string} scratch
 * @param {AbortSignal} [signal]
 */
async function questionsAt({ template, ref }, scratch, signal) {
  const folder = path.join(scratch, 'template.git');
  try {
    await run('git', ['init', '--quiet', '--bare', folder], { signal });
    await run('git', ['-C', folder, 'fetch', '--quiet', '--depth=1', '--', template, ref], { signal });
    const text = await run('git', ['-C', folder, 'show', 'FETCH_HEAD:copier.yml'], { signal });
    return questionsOf(yaml.parse(text));
  } catch (error) {
    if (!(error instanceof Failed)) throw error;
    throw new Error(`${template} at ${ref} cannot be read: ${error.message}; see pavedRoad in app-config.yaml`);
  }
}

/**
 * `copier copy`, without trust and without a question.
 * @param {import('./settings').Settings} settings
 * @param {import('./answers').Answers} answers
 * @param {{scratch: string, target: string, signal?: AbortSignal}} places
 */
async function render({ template, ref, copier }, answers, { scratch, target, signal }) {
  const file = path.join(scratch, 'answers.yml');
  const own = path.join(scratch, 'settings.yml');
  await fs.writeFile(file, JSON.stringify(answers).replace(UNWRITTEN, each => `\\u${hex(each)}`));
  await fs.writeFile(own, '{}'); // nobody's own settings may change what is generated
  const how = ['copy', '--quiet', '--defaults', '--vcs-ref', ref, '--data-file', file];
  try {
    await run(copier, [...how, '--', template, target], { env: { COPIER_SETTINGS_PATH: own }, signal });
  } catch (error) {
    if (!(error instanceof Failed)) throw error;
    throw new InputError(`not generated: ${error.message}`);
  }
}

/** @param {string} character */
const hex = character => character.charCodeAt(0).toString(16).padStart(4, '0');

module.exports = { createCopyAction };
