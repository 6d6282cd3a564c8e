'use strict';
const fs = require('node:fs/promises');
const { resolveSafeChildPath } = require('@backstage/backend-plugin-api');
const { InputError } = require('@backstage/errors');
const { DefaultGithubCredentialsProvider, ScmIntegrations } = require('@backstage/integration');
const { createTemplateAction, parseRepoUrl } = require('@backstage/plugin-scaffolder-node');

const FILE = '.github/rulesets/main.json';

/**
 * An action that gives a repository on GitHub the ruleset that lies in the workspace.
 * @param {import('@backstage/backend-plugin-api').RootConfigService} config
 */
function createRulesetAction(config) {
  const integrations = ScmIntegrations.fromConfig(config);
  const credentials = DefaultGithubCredentialsProvider.fromIntegrations(integrations);
  return createTemplateAction({
    id: 'github:ruleset',
    description: `Protects a repository on GitHub with the ruleset in ${FILE}.`,
    schema: {
      input: { repoUrl: z => z.string().describe('As publish:github takes it: github.com?owner=acme&repo=fraud') },
    },
    async handler(ctx) {
      const { host, owner, repo } = parseRepoUrl(ctx.input.repoUrl, integrations);
      const api = integrations.github.byHost(host)?.config.apiBaseUrl;
      if (!owner || !api) throw new InputError(`${ctx.input.repoUrl}: no repository on a GitHub that app-config.yaml knows`);
      const { token } = await credentials.getCredentials({ url: `https://${host}/${owner}/${repo}` });
      const ruleset = await fs.readFile(resolveSafeChildPath(ctx.workspacePath, FILE), 'utf8');
      const answer = await fetch(`${api}/repos/${owner}/${repo}/rulesets`, {
        method: 'POST',
        headers: {
          accept: 'application/vnd.github+json',
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          'x-github-api-version': '2022-11-28',
        },
        body: ruleset,
        signal: ctx.signal,
      });
      if (!answer.ok) throw new Error(await refusal(`${owner}/${repo}`, answer));
      ctx.logger.info(`${owner}/${repo} is protected by ${FILE}`);
    },
  });
}

/**
 * @param {string} repository
 * @param {Response} answer
 */
async function refusal(repository, answer) {
  const said = await answer.json().catch(() => ({}));
  const fact = `${repository} exists and is not protected: GitHub answered ${answer.status} ${said.message ?? ''}`.trim();
  return `${fact}; import ${FILE} by hand (Settings, Rules), and give the integration "Administration: write"`;
}

module.exports = { createRulesetAction };
